"""Who may read a bucket is said in one place."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.data._types import BUCKET


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is access by object too."""
    yield from must_be(resource, "uniformBucketLevelAccess", value=True)


RULE: Final = Rule(
    id="data-bucket-uniform-access",
    title="Access to buckets is by IAM alone",
    severity=Severity.HIGH,
    reason="An object's own list may open it to everybody, and no review of IAM shows it.",
    fix="Set `uniformBucketLevelAccess` to true.",
    controls=("nsa:least-privilege",),
    types=(BUCKET,),
    judge=judge,
)
