"""Volumes are encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._keys import must_be_key
from policies.rules.data._volumes import CLASS

_GOOGLE: Final = "pd.csi.storage.gke.io"


def judge(resource: Resource) -> Iterator[Violation]:
    """Of Google's disks; a key is known before its id is."""
    if resource.get("provisioner") != _GOOGLE:
        msg = "Its volumes are no disks of Google's."
        raise NotApplicableError(msg)
    yield from must_be_key(resource, "parameters.disk-encryption-kms-key")


RULE: Final = Rule(
    id="data-volume-key",
    title="Volumes are encrypted with a key of ours",
    severity=Severity.HIGH,
    reason=(
        "The database is on them; with a key of ours nobody reads a copy of the disk, and taking the key away "
        "ends all access."
    ),
    fix="Set the StorageClass's parameter `disk-encryption-kms-key`.",
    controls=("cis-gke:5.9.1", "nsa:secrets"),
    types=(CLASS,),
    judge=judge,
)
