"""What rules ask of a property that names a key of Cloud KMS."""

from collections.abc import Iterator
from typing import Final

from policies.capture import UNKNOWN, Resource
from policies.model import Violation
from policies.rules._reading import must_match

KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
_GIVES_KEYS: Final = (KEY, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
"""A grant gives a key on to who has to wait for the grant."""
_ID: Final = r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+(/cryptoKeyVersions/\d+)?"


def must_be_key(resource: Resource, path: str) -> Iterator[Violation]:
    """The property is the id of a key.

    Where it comes from is known before it is: not known, it is one if its top-level property takes from a key or from
    a grant of one.
    """
    if resource.raw(path) is UNKNOWN and resource.comes_from(path, *_GIVES_KEYS):
        return
    yield from must_match(resource, path, _ID, "the id of a key of Cloud KMS")
