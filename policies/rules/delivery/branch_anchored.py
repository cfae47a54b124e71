"""A trigger is started by one branch, not by every branch that has its name in it."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be_absent, must_match
from policies.rules._triggers import PULLED, PUSHED

_ONE_NAME: Final = r"\^([\w/-]|\\\.)+\$"


def judge(resource: Resource) -> Iterator[Violation]:
    """The pattern is one name between `^` and `$`, its dots escaped."""
    given = [path for path in (*PUSHED, *PULLED) if resource.has(path)]
    if not given:
        msg = "No branch starts it."
        raise NotApplicableError(msg)
    for path in given:
        yield from must_match(resource, path, _ONE_NAME, "one name between `^` and `$`, its dots escaped")
        inverted = f"{path.rpartition('.')[0]}.invertRegex"
        yield from must_be_absent(resource, inverted, "then every branch but that one starts it")


RULE: Final = Rule(
    id="delivery-branch-anchored",
    title="A trigger is started by one branch",
    severity=Severity.HIGH,
    reason='A pattern is searched for: "production" also matches "not-production", which anybody may push.',
    fix="Write the branch as `^name$`, with `\\.` for a dot.",
    controls=("nsa:least-privilege",),
    types=(TRIGGER,),
    judge=judge,
)
