"""Nodes follow the control plane."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is not said."""
    yield from must_be(resource, "management.autoUpgrade", value=True)


RULE: Final = Rule(
    id="gke-auto-upgrade",
    title="Nodes are upgraded by themselves",
    severity=Severity.HIGH,
    reason="Nodes with known holes stay until somebody thinks of them.",
    fix="Set `management.autoUpgrade` to true.",
    controls=("cis-gke:5.5.3", "nsa:updates"),
    types=(NODE_POOL,),
    judge=judge,
)
