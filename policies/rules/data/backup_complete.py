"""A backup has what a restore needs."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.data._types import PLAN


def judge(resource: Resource) -> Iterator[Violation]:
    """The defaults leave both out."""
    for part in ("includeVolumeData", "includeSecrets"):
        yield from must_be(resource, f"backupConfig.{part}", value=True)


RULE: Final = Rule(
    id="data-backup-complete",
    title="Backups have volumes and Secrets",
    severity=Severity.HIGH,
    reason="Without them a restore brings empty volumes and services that can't log in.",
    fix="Set `backupConfig.includeVolumeData` and `includeSecrets` to true.",
    controls=(),
    types=(PLAN,),
    judge=judge,
)
