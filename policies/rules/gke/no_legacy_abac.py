"""Rights come from IAM and RBAC."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means off."""
    yield from must_not_be(resource, "enableLegacyAbac", (True,), "every account in the cluster may then do everything")


RULE: Final = Rule(
    id="gke-no-legacy-abac",
    title="Attribute-based access is off",
    severity=Severity.CRITICAL,
    reason="It gives every pod's account the rights of an administrator, whatever RBAC says.",
    fix="Leave `enableLegacyAbac` out.",
    controls=("cis-gke:5.8.3", "nsa:rbac"),
    types=(CLUSTER,),
    judge=judge,
)
