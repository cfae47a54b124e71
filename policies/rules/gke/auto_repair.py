"""A sick node is made anew."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is not said."""
    yield from must_be(resource, "management.autoRepair", value=True)


RULE: Final = Rule(
    id="gke-auto-repair",
    title="Nodes are repaired by themselves",
    severity=Severity.MEDIUM,
    reason="Pods stay on a node that answers no more until somebody looks.",
    fix="Set `management.autoRepair` to true.",
    controls=("cis-gke:5.5.2",),
    types=(NODE_POOL,),
    judge=judge,
)
