"""Pods see GKE's metadata server."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.gke._nodes import DESCRIBE_NODES, on_nodes


def _ask(resource: Resource, nodes: str) -> Iterator[Violation]:
    """Absent, they see the node's."""
    yield from must_be(resource, f"{nodes}.workloadMetadataConfig.mode", "GKE_METADATA")


RULE: Final = Rule(
    id="gke-metadata-server",
    title="Pods can't read their node's credentials",
    severity=Severity.HIGH,
    reason="By the node's own metadata server every pod gets the token of the node's account.",
    fix="Set `workloadMetadataConfig.mode` to GKE_METADATA.",
    controls=("cis-gke:5.4.1", "nsa:cloud-metadata"),
    types=DESCRIBE_NODES,
    judge=on_nodes(_ask),
)
