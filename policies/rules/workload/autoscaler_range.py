"""A service is never one pod, and can grow."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_at_least
from policies.rules.workload._selecting import AUTOSCALER


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is a minimum of one."""
    yield from must_be_at_least(resource, "spec.minReplicas", 2)
    yield from must_be_at_least(resource, "spec.maxReplicas", int(resource.get("spec.minReplicas", 1)) + 1)


RULE: Final = Rule(
    id="workload-autoscaler-range",
    title="Autoscalers keep two pods or more, and have room",
    severity=Severity.HIGH,
    reason="One pod is none while it is replaced; a maximum no greater than the minimum is no autoscaler.",
    fix="Set the service's `replicas.min` to 2 or more and `replicas.max` above it.",
    controls=(),
    types=(AUTOSCALER,),
    judge=judge,
)
