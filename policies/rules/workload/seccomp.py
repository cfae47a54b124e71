"""A container asks the kernel only for what programs need."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_one_of
from policies.rules.workload._pods import PODS, containers, present, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """What a container says counts before what its pod says."""
    for path in containers(resource):
        own = f"{path}.securityContext.seccompProfile"
        where = own if present(resource, own) else spec(resource, "securityContext.seccompProfile")
        yield from must_be_one_of(resource, f"{where}.type", "RuntimeDefault", "Localhost")


RULE: Final = Rule(
    id="workload-seccomp",
    title="Containers run with a seccomp profile",
    severity=Severity.HIGH,
    reason="The runtime's profile refuses the calls of the kernel that break-outs begin with and programs don't need.",
    fix="Set `seccompProfile: {type: RuntimeDefault}` in the pod's `securityContext`.",
    controls=("cis-gke:4.6.2", "pss:restricted", "nsa:hardened-runtime", "cis-k8s:5.6.2"),
    types=PODS,
    judge=judge,
)
