"""No feature without support."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means none."""
    yield from must_not_be(
        resource, "enableKubernetesAlpha", (True,), "such a cluster is not upgraded and deleted after 30 days"
    )


RULE: Final = Rule(
    id="gke-no-alpha",
    title="No alpha features in the cluster",
    severity=Severity.HIGH,
    reason="They are not secured, and Google deletes the cluster after 30 days.",
    fix="Leave `enableKubernetesAlpha` out.",
    controls=("cis-gke:5.10.2",),
    types=(CLUSTER,),
    judge=judge,
)
