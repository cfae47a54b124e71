"""What rules read of volumes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.capture import Capture, Resource
from policies.rules._reading import each

CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A disk that is asked for."""

    resource: Resource
    """Who asks: a claim, or a StatefulSet for each of its pods."""
    path: str
    """Path of what is asked for."""


def claims(capture: Capture) -> Iterator[Claim]:
    """All that ask for a disk."""
    for claim in capture.of(CLAIM):
        yield Claim(resource=claim, path="spec")
    for workload in capture.of(STATEFUL_SET):
        for template in each(workload, "spec.volumeClaimTemplates"):
            yield Claim(resource=workload, path=f"{template}.spec")


def claiming(capture: Capture) -> list[Resource]:
    """The resources that ask for a disk, or may."""
    templates = "spec.volumeClaimTemplates"
    return capture.of(CLAIM) + [workload for workload in capture.of(STATEFUL_SET) if workload.has(templates)]
