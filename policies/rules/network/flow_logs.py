"""It is known who talked to whom."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set, must_not_be
from policies.rules.network._subnets import SUBNET, of_machines


def judge(resource: Resource) -> Iterator[Violation]:
    """Any share of connections; none is no log."""
    of_machines(resource)
    yield from must_be_set(resource, "logConfig", "what is logged of flows")
    yield from must_not_be(resource, "logConfig.flowSampling", (0,), "no connection is logged")
    yield from must_not_be(resource, "logConfig.filterExpr", ("false",), "no connection is logged")


RULE: Final = Rule(
    id="network-flow-logs",
    title="Subnetworks log flows",
    severity=Severity.MEDIUM,
    reason="What left the network, from where and to where, is known from flow logs or not at all.",
    fix="Set `gcp.network.flowLogs`, e.g. to 0.5.",
    controls=("cis-gke:5.6.1", "nsa:audit-logs"),
    types=(SUBNET,),
    judge=judge,
)
