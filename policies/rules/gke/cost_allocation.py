"""The bill tells services apart."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """By namespace and label."""
    yield from must_be(resource, "costManagementConfig.enabled", value=True)


RULE: Final = Rule(
    id="gke-cost-allocation",
    title="The bill tells namespaces and labels apart",
    severity=Severity.LOW,
    reason="Nobody knows what a service costs otherwise; a runaway one is one sum with all others.",
    fix="Set `gcp.cluster.costAllocation` to true.",
    controls=(),
    types=(CLUSTER,),
    judge=judge,
)
