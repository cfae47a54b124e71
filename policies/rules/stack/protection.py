"""What can't be made again is not deleted by mistake."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation

_KEPT: Final = (
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/keyRing:KeyRing",
    "gcp:organizations/project:Project",
    "gcp:secretmanager/secret:Secret",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
    "kubernetes:core/v1:PersistentVolumeClaim",
)
"""The cluster has a rule of its own, `gke-deletion-protection`."""


def judge(resource: Resource) -> Iterator[Violation]:
    """The engine refuses to delete or replace it; the program says so, so that is always known."""
    if not resource.protect:
        yield Violation("The engine may delete or replace it; it has to be protected.")


RULE: Final = Rule(
    id="stack-protection",
    title="What holds data, or all else, is protected",
    severity=Severity.CRITICAL,
    reason=(
        "Without a key what it encrypted is gone for good; without network, project or volume the shop is. "
        "A changed name would be enough: the engine replaces."
    ),
    fix="Leave `gcp.protect` true, and pass `protect` to the resource.",
    types=_KEPT,
    judge=judge,
)
