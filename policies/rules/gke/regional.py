"""The cluster outlives a zone."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_match


def judge(resource: Resource) -> Iterator[Violation]:
    """The location is a region and not a zone of one."""
    yield from must_match(resource, "location", r"[a-z]+-[a-z]+\d+", "a region")


RULE: Final = Rule(
    id="gke-regional",
    title="The cluster is spread over the zones of a region",
    severity=Severity.HIGH,
    reason="A cluster of one zone is down with it, and its control plane during each upgrade.",
    fix="Set `gcp.cluster.regional` to true; that makes a new cluster.",
    controls=(),
    types=(CLUSTER,),
    judge=judge,
)
