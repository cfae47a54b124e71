"""The edge listens where browsers ask."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._reading import each, must_be_one_of


def judge(resource: Resource) -> Iterator[Violation]:
    """Of a load balancer by GKE; elsewhere ports are the machine's."""
    if not str(resource.get("spec.gatewayClassName", "")).startswith("gke-l7-"):
        msg = "GKE makes no load balancer for it."
        raise NotApplicableError(msg)
    for listener in each(resource, "spec.listeners"):
        yield from must_be_one_of(resource, f"{listener}.port", 80, 443)


RULE: Final = Rule(
    id="network-edge-ports",
    title="The load balancer listens on ports 80 and 443",
    severity=Severity.HIGH,
    reason="Any other port, such as a database's 27017, is a service nobody expects on the edge.",
    fix="Set the listener's `port` to 443.",
    controls=("nsa:worker-segmentation",),
    types=("kubernetes:gateway.networking.k8s.io/v1:Gateway",),
    judge=judge,
)
