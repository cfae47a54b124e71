"""What hangs is started again."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import SERVERS, containers, present


def judge(resource: Resource) -> Iterator[Violation]:
    """For each container that stays."""
    for path in containers(resource, "containers"):
        probe = f"{path}.livenessProbe"
        if not present(resource, probe):
            yield Violation(f"`{probe}` is absent; the container has to have one.", probe)


RULE: Final = Rule(
    id="workload-liveness-probe",
    title="Containers that hang are started again",
    severity=Severity.MEDIUM,
    reason="Without it a program that hangs stays, and takes its share of the requests.",
    fix="Give the container a `livenessProbe`.",
    controls=(),
    types=SERVERS,
    judge=judge,
)
