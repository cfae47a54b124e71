"""Requests go only to what answers them."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import SERVERS, containers, present


def judge(resource: Resource) -> Iterator[Violation]:
    """For each container that stays."""
    for path in containers(resource, "containers"):
        probe = f"{path}.readinessProbe"
        if not present(resource, probe):
            yield Violation(f"`{probe}` is absent; the container has to have one.", probe)


RULE: Final = Rule(
    id="workload-readiness-probe",
    title="Containers say when they are ready",
    severity=Severity.MEDIUM,
    reason="Without it requests go to a pod that is still starting or has lost its database.",
    fix="Give the container a `readinessProbe`.",
    controls=(),
    types=SERVERS,
    judge=judge,
)
