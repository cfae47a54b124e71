"""Backups are kept for a while."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_at_least
from policies.rules.data._types import PLAN

_DAYS: Final = 7


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is for ever, but for who deletes them."""
    yield from must_be_at_least(resource, "retentionPolicy.backupRetainDays", _DAYS)


RULE: Final = Rule(
    id="data-backup-retention",
    title="Backups are kept for a week or longer",
    severity=Severity.HIGH,
    reason="What went wrong is often noticed days later, when every backup that is left has it too.",
    fix="Set `gcp.cluster.backup.keepDays` to 7 or more.",
    controls=(),
    types=(PLAN,),
    judge=judge,
)
