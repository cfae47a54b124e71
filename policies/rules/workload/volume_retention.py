"""Volumes outlive what made them."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.pods import STATEFUL_SET
from policies.rules._reading import must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means Retain. Claims of their own, which are in no template, are not touched by the StatefulSet at all."""
    for when in ("whenDeleted", "whenScaled"):
        path = f"spec.persistentVolumeClaimRetentionPolicy.{when}"
        yield from must_not_be(resource, path, ("Delete",), "data would go with the pods")


RULE: Final = Rule(
    id="workload-volume-retention",
    title="A StatefulSet's volumes are kept",
    severity=Severity.CRITICAL,
    reason="With Delete, a StatefulSet that is scaled down or replaced takes its data along.",
    fix="Take `persistentVolumeClaimRetentionPolicy` away, or set both to Retain.",
    controls=(),
    types=(STATEFUL_SET,),
    judge=judge,
)
