"""Backups can't be deleted at once."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_at_least
from policies.rules.data._types import PLAN


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is not at all."""
    yield from must_be_at_least(resource, "retentionPolicy.backupDeleteLockDays", 1)


RULE: Final = Rule(
    id="data-backup-locked",
    title="Backups can't be deleted for a day or longer",
    severity=Severity.MEDIUM,
    reason="Who breaks in to extort deletes backups first; while they are locked nobody can, not even an owner.",
    fix="Set `gcp.cluster.backup.lockDays` to 1 or more.",
    controls=(),
    types=(PLAN,),
    judge=judge,
)
