"""The old metadata endpoints are off."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.gke._nodes import DESCRIBE_NODES, on_nodes


def _ask(resource: Resource, nodes: str) -> Iterator[Violation]:
    """New nodes have them off, but a metadata map of one's own replaces that."""
    yield from must_be(resource, f"{nodes}.metadata.disable-legacy-endpoints", "true")


RULE: Final = Rule(
    id="gke-legacy-metadata",
    title="Legacy endpoints of the metadata server are off",
    severity=Severity.MEDIUM,
    reason="They answer without the header that keeps forged requests out.",
    fix="Set `metadata.disable-legacy-endpoints` to the text true.",
    controls=("cis-gke:5.4.1", "nsa:cloud-metadata"),
    types=DESCRIBE_NODES,
    judge=on_nodes(_ask),
)
