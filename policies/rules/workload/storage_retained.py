"""A disk outlives its claim."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means Delete."""
    yield from must_be(resource, "reclaimPolicy", "Retain")


RULE: Final = Rule(
    id="workload-storage-retained",
    title="Volumes keep their disk when their claim is deleted",
    severity=Severity.HIGH,
    reason="With Delete, one wrong `kubectl delete pvc` deletes the disk and all that is on it.",
    fix="Set the StorageClass's `reclaimPolicy` to Retain.",
    controls=(),
    types=("kubernetes:storage.k8s.io/v1:StorageClass",),
    judge=judge,
)
