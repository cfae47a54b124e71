"""An image that nobody vouches for does not run."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_be, must_be_one_of

POLICY: Final = "gcp:binaryauthorization/policy:Policy"


def judge(resource: Resource) -> Iterator[Violation]:
    """The default rule and each cluster's own deny, or ask for an attestation, and enforce it."""
    for rule in ("defaultAdmissionRule", *each(resource, "clusterAdmissionRules")):
        yield from must_be_one_of(resource, f"{rule}.evaluationMode", "ALWAYS_DENY", "REQUIRE_ATTESTATION")
        yield from must_be(resource, f"{rule}.enforcementMode", "ENFORCED_BLOCK_AND_AUDIT_LOG")


RULE: Final = Rule(
    id="delivery-images-denied",
    title="Images are denied unless they are let in",
    severity=Severity.HIGH,
    reason="Allowed by default, or only logged, any image of the internet runs in the cluster.",
    fix="Set `gcp.cluster.binaryAuthorization` to `enforce`.",
    controls=("cis-gke:4.5.1", "cis-gke:5.1.4", "cis-k8s:5.5.1", "nsa:image-provenance"),
    types=(POLICY,),
    judge=judge,
)
