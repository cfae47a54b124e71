"""Secrets are encrypted before they are stored."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._keys import must_be_key
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """With a key, which is known before its id is."""
    yield from must_be(resource, "databaseEncryption.state", "ENCRYPTED")
    yield from must_be_key(resource, "databaseEncryption.keyName")


RULE: Final = Rule(
    id="gke-secrets-encrypted",
    title="Kubernetes Secrets are encrypted with a key of ours",
    severity=Severity.HIGH,
    reason="Who gets hold of etcd or a copy of it reads every password; with a key, taking the key away ends that.",
    fix="Set `databaseEncryption` to ENCRYPTED with `keyName`.",
    controls=("cis-gke:5.3.1", "nsa:secrets"),
    types=(CLUSTER,),
    judge=judge,
)
