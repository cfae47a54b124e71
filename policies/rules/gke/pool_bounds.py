"""A pool grows, and not without end."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules._reading import must_be_absent, must_be_at_least


def judge(resource: Resource) -> Iterator[Violation]:
    """By the autoscaler, with a most of nodes per zone or in all."""
    if resource.get("autoscaling.totalMaxNodeCount") is None:
        yield from must_be_at_least(resource, "autoscaling.maxNodeCount", 1)
    yield from must_be_absent(resource, "nodeCount", "that many nodes stay, whatever is asked of them")


RULE: Final = Rule(
    id="gke-pool-bounds",
    title="Node pools have bounds between which they grow",
    severity=Severity.MEDIUM,
    reason="A fixed number is too few on a busy day and paid for on every other; no most is a bill without end.",
    fix="Set `autoscaling` with least and most nodes, and leave `nodeCount` out.",
    controls=(),
    types=(NODE_POOL,),
    judge=judge,
)
