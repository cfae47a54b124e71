"""Upgrades come when somebody is there."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be_set


def judge(resource: Resource) -> Iterator[Violation]:
    """By a daily or a weekly window."""
    if any(
        resource.get(f"maintenancePolicy.{kind}") for kind in ("dailyMaintenanceWindow", "recurringMaintenanceWindow")
    ):
        return
    yield from must_be_set(
        resource, "maintenancePolicy.recurringWindow", "the hours in which the cluster may be upgraded"
    )


RULE: Final = Rule(
    id="gke-maintenance-window",
    title="The cluster has a maintenance window",
    severity=Severity.MEDIUM,
    reason="Without one Google upgrades control plane and nodes at any hour, also in that of most orders.",
    fix="Set `maintenancePolicy.recurringWindow`; its hours are `gcp.cluster.maintenance`.",
    controls=("nsa:updates",),
    types=(CLUSTER,),
    judge=judge,
)
