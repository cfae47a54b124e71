"""What the cluster keeps is backed up."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be

PLAN: Final = "gcp:gkebackup/backupPlan:BackupPlan"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By a plan of the stack and the agent in the cluster that carries it out."""
    planned = {urn for plan in capture.of(PLAN) for urn in plan.property_dependencies.get("cluster", ())}
    for cluster in subjects(capture):
        if cluster.urn not in planned and not _named(capture, cluster):
            yield Violation("No backup plan names the cluster; one has to.", resource=cluster)
            continue
        for violation in must_be(cluster, "addonsConfig.gkeBackupAgentConfig.enabled", value=True):
            yield Violation(violation.message, violation.property_path, cluster)


def subjects(capture: Capture) -> list[Resource]:
    """The clusters."""
    return capture.of(CLUSTER)


def _named(capture: Capture, cluster: Resource) -> bool:
    """Whether a plan that takes no cluster of the stack names it by its id, written out."""
    others = [plan for plan in capture.of(PLAN) if not plan.comes_from("cluster", CLUSTER)]
    return any(plan.get("cluster", "").endswith(f"/clusters/{cluster.get('name')}") for plan in others)


RULE: Final = Rule(
    id="gke-backed-up",
    title="The cluster is backed up",
    severity=Severity.HIGH,
    reason=(
        "What is deleted in the cluster, or lost with it, is gone otherwise: objects, Secrets and the "
        "database's volumes."
    ),
    fix="Set `gcp.cluster.backup`, e.g. {keepDays: 30, lockDays: 7}.",
    controls=(),
    types=(CLUSTER,),
    judge_stack=judge_stack,
    subjects=subjects,
)
