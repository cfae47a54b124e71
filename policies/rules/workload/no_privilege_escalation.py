"""No process of a container gets more rights than its parent."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means allowed."""
    for path in containers(resource):
        yield from must_be(resource, f"{path}.securityContext.allowPrivilegeEscalation", value=False)


RULE: Final = Rule(
    id="workload-no-privilege-escalation",
    title="Containers can't gain rights",
    severity=Severity.HIGH,
    reason="Without it a program that is setuid root makes an attacker root.",
    fix="Set `securityContext.allowPrivilegeEscalation` of the container to false.",
    controls=("cis-k8s:5.2.6", "pss:restricted", "nsa:hardened-runtime"),
    types=PODS,
    judge=judge,
)
