"""Nothing runs as root."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be, must_not_be
from policies.rules.workload._pods import PODS, containers, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """What a container says counts before what its pod says, and a user by number has to be another than 0."""
    pod = spec(resource, "securityContext")
    for path in containers(resource):
        own = f"{path}.securityContext"
        where = pod if resource.get(f"{own}.runAsNonRoot") is None else own
        yield from must_be(resource, f"{where}.runAsNonRoot", value=True)
        yield from must_not_be(resource, f"{own}.runAsUser", (0,), "that is root")
    yield from must_not_be(resource, f"{pod}.runAsUser", (0,), "that is root")


RULE: Final = Rule(
    id="workload-non-root",
    title="Containers don't run as root",
    severity=Severity.HIGH,
    reason="Root in a container is root on the node as soon as there is one hole in the kernel or the runtime.",
    fix="Set `runAsNonRoot: true`, and a `runAsUser` other than 0, in the pod's `securityContext`.",
    controls=("cis-k8s:5.2.7", "cis-gke:4.6.3", "pss:restricted", "nsa:non-root", "cis-k8s:5.6.3"),
    types=PODS,
    judge=judge,
)
