"""The cluster asks before it runs an image."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """What is answered is the project's policy."""
    yield from must_be(resource, "binaryAuthorization.evaluationMode", "PROJECT_SINGLETON_POLICY_ENFORCE")


RULE: Final = Rule(
    id="gke-binary-authorization",
    title="The cluster runs only images that a policy admits",
    severity=Severity.HIGH,
    reason="Otherwise who may make a pod runs any image of the internet in it.",
    fix="Set `gcp.cluster.binaryAuthorization` to enforce.",
    controls=("cis-gke:5.1.4", "cis-gke:4.5.1", "nsa:image-provenance"),
    types=(CLUSTER,),
    judge=judge,
)
