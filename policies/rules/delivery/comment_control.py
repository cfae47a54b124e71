"""A stranger's pull request is let in by somebody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be_one_of
from policies.rules._triggers import PULLED, pulls


def judge(resource: Resource) -> Iterator[Violation]:
    """A comment is asked for, at least of those who may not write to the repository."""
    if not pulls(resource):
        msg = "No pull request starts it."
        raise NotApplicableError(msg)
    for above in (path.rpartition(".")[0] for path in PULLED):
        if resource.has(above):
            yield from must_be_one_of(
                resource,
                f"{above}.commentControl",
                "COMMENTS_ENABLED",
                "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY",
            )


RULE: Final = Rule(
    id="delivery-comment-control",
    title="A pull request from outside is built after somebody's comment",
    severity=Severity.HIGH,
    reason="Otherwise anybody runs what he likes as the account of the build, by proposing it.",
    fix="Set `commentControl` to COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY.",
    controls=("nsa:authentication",),
    types=(TRIGGER,),
    judge=judge,
)
