"""The control plane has no address that everybody sees."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """By an address inside only, or by none: its DNS endpoint asks IAM first."""
    if resource.get("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is False:
        return
    yield from must_be(resource, "privateClusterConfig.enablePrivateEndpoint", value=True)


RULE: Final = Rule(
    id="gke-control-plane-private",
    title="The control plane has no public address",
    severity=Severity.CRITICAL,
    reason="On a public address the API server is one stolen token or one bug away from everybody.",
    fix="Set `controlPlaneEndpointsConfig.ipEndpointsConfig.enabled` to false and reach it by its DNS endpoint.",
    controls=("cis-gke:5.6.4", "nsa:control-plane-access"),
    types=(CLUSTER,),
    judge=judge,
)
