"""Backups are encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._keys import must_be_key
from policies.rules.data._types import PLAN


def judge(resource: Resource) -> Iterator[Violation]:
    """A key is known before its id is."""
    yield from must_be_key(resource, "backupConfig.encryptionKey.gcpKmsEncryptionKey")


RULE: Final = Rule(
    id="data-backup-key",
    title="Backups are encrypted with a key of ours",
    severity=Severity.HIGH,
    reason="A backup has every Secret and all data; who may read it reads them without the key.",
    fix="Set `backupConfig.encryptionKey.gcpKmsEncryptionKey`.",
    controls=("nsa:secrets",),
    types=(PLAN,),
    judge=judge,
)
