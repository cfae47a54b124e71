"""A pod can't fill its node's disk."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_be_set
from policies.rules.workload._pods import PODS, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """For each emptyDir."""
    for volume in each(resource, spec(resource, "volumes")):
        if resource.has(f"{volume}.emptyDir"):
            yield from must_be_set(resource, f"{volume}.emptyDir.sizeLimit", "how much it may hold")


RULE: Final = Rule(
    id="workload-scratch-size",
    title="Scratch volumes have a size",
    severity=Severity.LOW,
    reason="An emptyDir without a limit takes the node's disk, and a node without disk throws off all its pods.",
    fix="Set `sizeLimit` of the emptyDir.",
    controls=("nsa:resource-limits",),
    types=PODS,
    judge=judge,
)
