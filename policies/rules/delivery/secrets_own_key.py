"""Secrets in Secret Manager are encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_come_from

_KEYS: Final = ("gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")


def judge(resource: Resource) -> Iterator[Violation]:
    """Wherever it is replicated to, by choice of ours or of Google's."""
    replicas = [*each(resource, "replication.userManaged.replicas")] or ["replication.auto"]
    for replica in replicas:
        yield from must_come_from(resource, f"{replica}.customerManagedEncryption.kmsKeyName", *_KEYS)


RULE: Final = Rule(
    id="delivery-secrets-own-key",
    title="Secrets in Secret Manager are encrypted with a key of the stack",
    severity=Severity.MEDIUM,
    reason="Destroying the key makes every copy of the secret unreadable, also those Google keeps.",
    fix="Give each replica `customerManagedEncryption.kmsKeyName`, as infra/bootstrap.py does.",
    controls=("cis-gke:5.3.1", "nsa:secrets"),
    types=("gcp:secretmanager/secret:Secret",),
    judge=judge,
)
