"""Upgrades bring a new node before they take an old one."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules._reading import must_be_at_least, must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Blue-green does too."""
    if resource.get("upgradeSettings.strategy") == "BLUE_GREEN":
        return
    yield from must_be_at_least(resource, "upgradeSettings.maxSurge", 1)
    yield from must_not_be(
        resource, "upgradeSettings.maxUnavailable", range(1, 1_000), "nodes go before others are there"
    )


RULE: Final = Rule(
    id="gke-pool-surge",
    title="Upgrades of nodes take no capacity away",
    severity=Severity.MEDIUM,
    reason=(
        "A pool of few nodes that loses one first has no room for its pods: budgets block the upgrade or requests fail."
    ),
    fix="Set `upgradeSettings.maxSurge` to 1 and `maxUnavailable` to 0.",
    controls=("nsa:updates",),
    types=(NODE_POOL,),
    judge=judge,
)
