"""NetworkPolicies are enforced."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be
from policies.rules.gke._nodes import standard_only


def judge(resource: Resource) -> Iterator[Violation]:
    """By Dataplane V2, or by the add-on of older clusters."""
    standard_only(resource)
    if resource.get("datapathProvider") == "ADVANCED_DATAPATH":
        return
    yield from must_be(resource, "networkPolicy.enabled", value=True)


RULE: Final = Rule(
    id="gke-network-policies",
    title="NetworkPolicies are enforced",
    severity=Severity.HIGH,
    reason="Without either, every NetworkPolicy is taken and does nothing: each pod reaches the database.",
    fix="Set `datapathProvider` to ADVANCED_DATAPATH.",
    controls=("cis-gke:4.3.1", "cis-k8s:5.3.1", "nsa:network-policies"),
    types=(CLUSTER,),
    judge=judge,
)
