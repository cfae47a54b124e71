"""A pod sees no folder of its node."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_be_absent
from policies.rules.workload._pods import PODS, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """For each volume."""
    for volume in each(resource, spec(resource, "volumes")):
        yield from must_be_absent(resource, f"{volume}.hostPath", "the pod would see its node's own files")


RULE: Final = Rule(
    id="workload-host-paths",
    title="Pods mount no folder of their node",
    severity=Severity.CRITICAL,
    reason=(
        "A folder of the node has its keys, other pods' secrets, or the socket of its runtime; who writes there "
        "owns the node."
    ),
    fix="Take the volume's `hostPath` away; keep data in a PersistentVolumeClaim.",
    controls=("cis-k8s:5.2.11", "pss:baseline"),
    types=PODS,
    judge=judge,
)
