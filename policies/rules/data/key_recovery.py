"""A destroyed version can be restored for a while."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._keys import KEY
from policies.rules._reading import shown

_SHORTEST: Final = 7 * 24 * 60 * 60


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is 30 days."""
    path = "destroyScheduledDuration"
    found = resource.get(path)
    if found is not None and float(found.removesuffix("s")) < _SHORTEST:
        yield Violation(f"`{path}` is {shown(found)}; it has to be 7 days at least, {_SHORTEST}s.", path)


RULE: Final = Rule(
    id="data-key-recovery",
    title="Destroyed keys can be restored for a week or longer",
    severity=Severity.HIGH,
    reason="Somebody who notices the next morning comes too late otherwise.",
    fix="Set `destroyScheduledDuration` to 2592000s; a key keeps what it was made with.",
    controls=(),
    types=(KEY,),
    judge=judge,
)
