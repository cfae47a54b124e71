"""A container's own filesystem is not for writing."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Every container says so: there is no setting for the pod as a whole."""
    for path in containers(resource):
        yield from must_be(resource, f"{path}.securityContext.readOnlyRootFilesystem", value=True)


RULE: Final = Rule(
    id="workload-read-only-root",
    title="Containers can't write to their root filesystem",
    severity=Severity.MEDIUM,
    reason="What gets into a container can't leave a program or change one of its own there.",
    fix="Set `securityContext.readOnlyRootFilesystem` to true and mount an emptyDir where the program has to write.",
    controls=("cis-gke:4.6.3", "nsa:immutable-filesystem", "cis-k8s:5.6.3"),
    types=PODS,
    judge=judge,
)
