"""Backups are made by themselves."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set, must_not_be
from policies.rules.data._types import PLAN


def judge(resource: Resource) -> Iterator[Violation]:
    """By a time or by how old the last one may be, and not paused."""
    schedule = "backupSchedule"
    if not resource.get(f"{schedule}.rpoConfig"):
        yield from must_be_set(resource, f"{schedule}.cronSchedule", "when a backup is made")
    for path in (f"{schedule}.paused", "deactivated"):
        yield from must_not_be(resource, path, (True,), "no backup is made")


RULE: Final = Rule(
    id="data-backup-schedule",
    title="Backups are made by a schedule",
    severity=Severity.HIGH,
    reason="Those that somebody has to think of are missing when they are needed.",
    fix="Set `backupSchedule.cronSchedule`; `gcp.cluster.backup.hour` is its time.",
    controls=(),
    types=(PLAN,),
    judge=judge,
)
