"""Google tells of misconfigured workloads."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be_one_of


def judge(resource: Resource) -> Iterator[Violation]:
    """Basic or more."""
    yield from must_be_one_of(resource, "securityPostureConfig.mode", "BASIC", "ENTERPRISE")


RULE: Final = Rule(
    id="gke-security-posture",
    title="The security posture of the cluster is watched",
    severity=Severity.MEDIUM,
    reason="What was changed past the program, and each new bulletin that concerns the cluster, is seen there.",
    fix="Set `securityPostureConfig.mode` to BASIC.",
    controls=("cis-gke:5.10.4", "nsa:monitoring"),
    types=(CLUSTER,),
    judge=judge,
)
