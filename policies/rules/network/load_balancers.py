"""Nothing comes in but by the Gateway."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import shown


def judge(resource: Resource) -> Iterator[Violation]:
    """GKE makes the Gateway's load balancer; the program makes none."""
    scheme = resource.get("loadBalancingScheme", "EXTERNAL")
    if str(scheme).startswith("EXTERNAL"):
        path = "loadBalancingScheme"
        yield Violation(f"`{path}` is {shown(scheme)}, a second way in; it has to be an internal one.", path)


RULE: Final = Rule(
    id="network-load-balancers",
    title="No load balancer stands beside the Gateway",
    severity=Severity.CRITICAL,
    reason=(
        "It has neither the Gateway's certificate nor its Cloud Armor policy, and leads wherever it is told "
        "to, also to a database."
    ),
    fix="Take the forwarding rule away and give the service an HTTPRoute.",
    controls=("nsa:worker-segmentation",),
    types=("gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/globalForwardingRule:GlobalForwardingRule"),
    judge=judge,
)
