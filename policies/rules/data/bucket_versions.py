"""What is overwritten can be had back."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be, must_not_be
from policies.rules.data._types import BUCKET


def judge(resource: Resource) -> Iterator[Violation]:
    """By versions, and by what Google keeps of deleted objects; the default is 7 days of it."""
    yield from must_be(resource, "versioning.enabled", value=True)
    yield from must_not_be(resource, "softDeletePolicy.retentionDurationSeconds", (0,), "what is deleted is gone")


RULE: Final = Rule(
    id="data-bucket-versions",
    title="Buckets keep what is overwritten or deleted",
    severity=Severity.HIGH,
    reason="A state that was overwritten or deleted takes the knowledge of the stack with it.",
    fix="Set `versioning.enabled` to true and leave `softDeletePolicy` on.",
    controls=(),
    types=(BUCKET,),
    judge=judge,
)
