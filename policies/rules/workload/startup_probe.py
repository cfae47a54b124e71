"""A slow start is no failure."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import SERVERS, containers, present


def judge(resource: Resource) -> Iterator[Violation]:
    """For each container that stays."""
    for path in containers(resource, "containers"):
        probe = f"{path}.startupProbe"
        if not present(resource, probe):
            yield Violation(f"`{probe}` is absent; the container has to have one.", probe)


RULE: Final = Rule(
    id="workload-startup-probe",
    title="Containers are given time to start",
    severity=Severity.LOW,
    reason="Without it the liveness probe ends a program that starts slowly, over and over, on a busy node.",
    fix="Give the container a `startupProbe`.",
    controls=(),
    types=SERVERS,
    judge=judge,
)
