"""No workload claims the place of the cluster's own."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.workload._pods import PODS, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is fine."""
    system = ("system-cluster-critical", "system-node-critical")
    yield from must_not_be(resource, spec(resource, "priorityClassName"), system, "that is for the cluster's own pods")


RULE: Final = Rule(
    id="workload-priority",
    title="Pods don't claim the cluster's own priority",
    severity=Severity.MEDIUM,
    reason="A pod of that priority throws off the cluster's DNS and network when a node is full.",
    fix="Take `priorityClassName` away, or name a class of the stack.",
    controls=(),
    types=PODS,
    judge=judge,
)
