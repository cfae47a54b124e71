"""Who may reach the control plane's address is named."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._networks import must_be_somebodys
from policies.rules._reading import each, must_be_set, must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Where there is an address; none at all is better."""
    if resource.get("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is False:
        msg = "No address leads to the control plane; IAM decides who gets in by its DNS endpoint."
        raise NotApplicableError(msg)
    networks = "masterAuthorizedNetworksConfig.cidrBlocks"
    yield from must_be_set(resource, networks, "the networks that may reach the control plane")
    for block in each(resource, networks):
        yield from must_be_somebodys(resource, f"{block}.cidrBlock")
    google = "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled"
    yield from must_not_be(
        resource, google, (True,), "everybody with a machine on Google Cloud may reach the control plane"
    )


RULE: Final = Rule(
    id="gke-authorized-networks",
    title="Only named networks reach the control plane",
    severity=Severity.HIGH,
    reason=(
        "An empty list, or one with a network of everybody, lets the internet try tokens and bugs on the API server."
    ),
    fix="Name your own networks in `masterAuthorizedNetworksConfig.cidrBlocks`, or turn the address off.",
    controls=("cis-gke:5.6.3", "nsa:control-plane-access"),
    types=(CLUSTER,),
    judge=judge,
)
