"""The scheduler knows what a container needs."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Both, for each container."""
    for path in containers(resource, "initContainers", "containers"):
        for what in ("cpu", "memory"):
            yield from must_be_set(resource, f"{path}.resources.requests.{what}", f"how much {what} it needs")


RULE: Final = Rule(
    id="workload-requests",
    title="Containers ask for CPU and memory",
    severity=Severity.MEDIUM,
    reason=(
        "A pod without requests is placed on a full node and is the first to be thrown off; an autoscaler by CPU "
        "can't count it."
    ),
    fix="Set `resources.requests` with `cpu` and `memory`, for a service in its setting `resources`.",
    controls=("nsa:resource-limits",),
    types=PODS,
    judge=judge,
)
