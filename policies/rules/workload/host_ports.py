"""No container takes a port of its node."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_be_absent
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent, or 0."""
    for path in containers(resource):
        for port in each(resource, f"{path}.ports"):
            yield from must_be_absent(resource, f"{port}.hostPort", "the pod would be reached past every NetworkPolicy")


RULE: Final = Rule(
    id="workload-host-ports",
    title="Containers take no port of their node",
    severity=Severity.HIGH,
    reason="A port of the node passes by every NetworkPolicy and Service, and two such pods can't share a node.",
    fix="Take `hostPort` away and reach the pod by a Service.",
    controls=("cis-k8s:5.2.12", "pss:baseline"),
    types=PODS,
    judge=judge,
)
