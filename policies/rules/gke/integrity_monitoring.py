"""A changed boot is noticed."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.gke._nodes import DESCRIBE_NODES, on_nodes


def _ask(resource: Resource, nodes: str) -> Iterator[Violation]:
    """The default is on."""
    path = f"{nodes}.shieldedInstanceConfig.enableIntegrityMonitoring"
    yield from must_not_be(resource, path, (False,), "nobody is told when a node boots something else")


RULE: Final = Rule(
    id="gke-integrity-monitoring",
    title="Integrity of nodes is watched",
    severity=Severity.MEDIUM,
    reason="Secure boot refuses what is not signed; this tells that something was changed.",
    fix="Leave `shieldedInstanceConfig.enableIntegrityMonitoring` true.",
    controls=("cis-gke:5.5.6",),
    types=DESCRIBE_NODES,
    judge=on_nodes(_ask),
)
