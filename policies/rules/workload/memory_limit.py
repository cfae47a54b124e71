"""A container that leaks ends itself, not its node."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """For each container."""
    for path in containers(resource, "initContainers", "containers"):
        yield from must_be_set(resource, f"{path}.resources.limits.memory", "how much memory it may take")


RULE: Final = Rule(
    id="workload-memory-limit",
    title="Containers have a limit of memory",
    severity=Severity.MEDIUM,
    reason=(
        "A node that runs out of memory ends pods that did nothing wrong. CPU needs no limit: it is shared by the "
        "requests."
    ),
    fix="Set `resources.limits.memory`, for a service in its setting `resources`.",
    controls=("nsa:resource-limits",),
    types=PODS,
    judge=judge,
)
