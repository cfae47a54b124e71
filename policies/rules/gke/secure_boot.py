"""Nodes boot what is signed."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.gke._nodes import DESCRIBE_NODES, on_nodes


def _ask(resource: Resource, nodes: str) -> Iterator[Violation]:
    """The default is off."""
    yield from must_be(resource, f"{nodes}.shieldedInstanceConfig.enableSecureBoot", value=True)


RULE: Final = Rule(
    id="gke-secure-boot",
    title="Nodes boot securely",
    severity=Severity.HIGH,
    reason="A rootkit written to a node's boot path survives every restart otherwise.",
    fix="Set `shieldedInstanceConfig.enableSecureBoot` to true.",
    controls=("cis-gke:5.5.7",),
    types=DESCRIBE_NODES,
    judge=on_nodes(_ask),
)
