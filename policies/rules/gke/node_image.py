"""Nodes run Google's own system."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.gke._nodes import DESCRIBE_NODES, on_nodes


def _ask(resource: Resource, nodes: str) -> Iterator[Violation]:
    """With containerd; the default is the same, but not said."""
    yield from must_be(resource, f"{nodes}.imageType", "COS_CONTAINERD")


RULE: Final = Rule(
    id="gke-node-image",
    title="Nodes run Container-Optimized OS",
    severity=Severity.MEDIUM,
    reason="It is small, read-only where it can be, and patched by Google.",
    fix="Set `imageType` to COS_CONTAINERD.",
    controls=("cis-gke:5.5.1",),
    types=DESCRIBE_NODES,
    judge=on_nodes(_ask),
)
