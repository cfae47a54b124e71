"""KMS: key rings, keys and their versions. Nothing of it is ever deleted, so a name is taken for good.

Deleting a key here, as the provider does, destroys its versions and leaves the key. Google does that also while
something is encrypted with it: nothing holds a key but the engine's own order and `protect`.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.gcp.kinds import Cloud, Invoke, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import (
    CRYPTO_KEY,
    DELETION_POLICY,
    given,
    iam_member,
    known,
    labels,
    lasting,
    place,
    seconds,
    settled,
    words,
)

_RING: Final = "gcp:kms/keyRing:KeyRing"
_VERSION: Final = "gcp:kms/cryptoKeyVersion:CryptoKeyVersion"
_API: Final = "cloudkms.googleapis.com"
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,63}")
_DAY: Final = timedelta(days=1)
_MULTI_REGIONS: Final = (
    "global",
    "us",
    "europe",
    "asia",
    "eur3",
    "eur4",
    "nam3",
    "nam4",
    "nam6",
    "ca",
    "au",
    "in",
    "jp",
)

_ALGORITHMS: Final = {
    "ENCRYPT_DECRYPT": re.compile(r"GOOGLE_SYMMETRIC_ENCRYPTION|EXTERNAL_SYMMETRIC_ENCRYPTION"),
    "ASYMMETRIC_SIGN": re.compile(
        r"(RSA_SIGN_(PSS|PKCS1)_(2048_SHA256|3072_SHA256|4096_SHA(256|512))|RSA_SIGN_RAW_PKCS1_(2048|3072|4096)"
        r"|EC_SIGN_(P256_SHA256|P384_SHA384|SECP256K1_SHA256|ED25519)|PQ_SIGN_\w+)"
    ),
    "ASYMMETRIC_DECRYPT": re.compile(r"RSA_DECRYPT_OAEP_(2048|3072|4096)_SHA(1|256|512)"),
    "MAC": re.compile(r"HMAC_SHA(1|224|256|384|512)"),
}
"""Algorithms by purpose. Source: cloud.google.com/kms/docs/algorithms."""


def _rotation(properties: Properties) -> Iterator[str]:
    period = known(properties, "rotationPeriod")
    if not period:
        return
    if seconds(str(period)) < _DAY.total_seconds():
        yield f"rotationPeriod is {period!r}; at least a day (86400s) is required."
    if known(properties, "purpose") not in (None, "ENCRYPT_DECRYPT"):
        yield "rotationPeriod is set; only keys for ENCRYPT_DECRYPT are rotated by Google. Leave it out."


def _algorithm(properties: Properties) -> Iterator[str]:
    purpose = known(properties, "purpose") or "ENCRYPT_DECRYPT"
    algorithm = known(properties, "versionTemplate.algorithm")
    if algorithm is None and purpose != "ENCRYPT_DECRYPT" and not given(properties, "versionTemplate"):
        yield f"purpose is {purpose}, which needs versionTemplate.algorithm. Set it."
    allowed = _ALGORITHMS.get(str(purpose))
    if algorithm is not None and allowed is not None and not allowed.fullmatch(str(algorithm)):
        yield f"versionTemplate.algorithm is {algorithm}, which is none for {purpose}."


def _skips(resource: Resource) -> bool:
    return bool(resource.get("skipInitialVersionCreation") or resource.get("importOnly"))


def _versions(resource: Resource, _cloud: Cloud) -> Iterator[tuple[str, Properties]]:
    if not _skips(resource):
        yield _VERSION, {"cryptoKey": resource.id}


def _key(resource: Resource, _cloud: Cloud) -> Properties:
    rotated = resource.get("purpose") in (None, "ENCRYPT_DECRYPT") and not _skips(resource)
    primary = {"name": f"{resource.id}/cryptoKeyVersions/1", "state": "ENABLED"}
    algorithm = resource.get("versionTemplate.algorithm") or "GOOGLE_SYMMETRIC_ENCRYPTION"
    level = resource.get("versionTemplate.protectionLevel") or "SOFTWARE"
    return {
        "primaries": [primary] if rotated else [],
        "versionTemplate": {"algorithm": algorithm, "protectionLevel": level},
        "destroyScheduledDuration": resource.get("destroyScheduledDuration") or "2592000s",
        "importOnly": bool(resource.get("importOnly")),
    }


def _version(resource: Resource, cloud: Cloud) -> Properties:
    key = cloud.find((CRYPTO_KEY,), str(resource.get("cryptoKey")), resource)
    template = _key(key, cloud)["versionTemplate"] if key is not None else {}
    return {
        "name": resource.id,
        "algorithm": template.get("algorithm", "GOOGLE_SYMMETRIC_ENCRYPTION"),
        "protectionLevel": template.get("protectionLevel", "SOFTWARE"),
        "state": resource.get("state") or "ENABLED",
        "generateTime": resource.created,
        "attestations": [],
    }


def _public_key(version: str) -> str:
    """A public key in PEM: always the same one of a version, and one that parses."""
    number = int(hashlib.sha256(version.encode()).hexdigest(), 16) % 2**255 + 1
    public = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _found(token: str, name: str, cloud: Cloud) -> Resource:
    found = cloud.find((token,), name)
    if found is None:
        raise Refused(404, f"{name} not found.")
    return found


def _get_version(arguments: Properties, cloud: Cloud) -> Properties:
    key = _found(CRYPTO_KEY, str(arguments["cryptoKey"]), cloud)
    version = _found(_VERSION, f"{key.id}/cryptoKeyVersions/{int(arguments.get('version') or 1)}", cloud)
    told = _version(version, cloud)
    signs = key.get("purpose") in ("ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT")
    keys = [{"algorithm": told["algorithm"], "pem": _public_key(version.id)}] if signs else []
    return {
        **{name: told[name] for name in ("name", "algorithm", "protectionLevel", "state")},
        "id": f"//cloudkms.googleapis.com/v1/{version.id}",
        "cryptoKey": key.id,
        "publicKeys": keys,
        "version": int(arguments.get("version") or 1),
    }


def _get_ring(arguments: Properties, cloud: Cloud) -> Properties:
    name = f"projects/{arguments['project']}/locations/{arguments['location']}/keyRings/{arguments['name']}"
    return {**_found(_RING, name, cloud).inputs, "id": name}


def _get_key(arguments: Properties, cloud: Cloud) -> Properties:
    key = _found(CRYPTO_KEY, f"{arguments['keyRing']}/cryptoKeys/{arguments['name']}", cloud)
    made: dict[str, Any] = {**key.inputs, **_key(key, cloud), "id": key.id}
    return {**made, "versionTemplates": [made.pop("versionTemplate")]}


KINDS: Final = (
    Kind(
        token=_RING,
        id="projects/{project}/locations/{location}/keyRings/{name}",
        api=_API,
        source="cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings",
        names=("name",),
        immutable=frozenset({"location", "name", "project"}),
        values={"name": _NAME},
        rules=(place("location", *_MULTI_REGIONS),),
        keeps_name=True,
    ),
    Kind(
        token=CRYPTO_KEY,
        id="{keyRing}/cryptoKeys/{name}",
        api=_API,
        source="cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys",
        names=(),
        immutable=frozenset(
            {
                "keyRing",
                "name",
                "purpose",
                "cryptoKeyBackend",
                "destroyScheduledDuration",
                "importOnly",
                "versionTemplate.protectionLevel",
            }
        ),
        values={
            "name": _NAME,
            "keyRing": re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+"),
            "purpose": words(
                "ENCRYPT_DECRYPT ASYMMETRIC_SIGN ASYMMETRIC_DECRYPT RAW_ENCRYPT_DECRYPT MAC KEY_ENCAPSULATION"
            ),
            "rotationPeriod": re.compile(r"[0-9]+(\.[0-9]{1,9})?s|"),
            "versionTemplate.protectionLevel": words("SOFTWARE HSM EXTERNAL EXTERNAL_VPC HSM_SINGLE_TENANT"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels(),
            _rotation,
            _algorithm,
            lasting("destroyScheduledDuration", _DAY, timedelta(days=120)),
        ),
        defaults={"purpose": "ENCRYPT_DECRYPT"},
        computed=frozenset({"versionTemplate.protectionLevel"}),
        references=(Reference(path="keyRing", to=(_RING,), holds=False),),
        keeps_name=True,
        outputs=_key,
        companions=_versions,
    ),
    Kind(
        token=_VERSION,
        id="{cryptoKey}/cryptoKeyVersions/{#next}",
        api=_API,
        source="cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions",
        names=("name",),
        immutable=frozenset({"cryptoKey"}),
        values={
            "state": words(
                "PENDING_GENERATION ENABLED DISABLED DESTROYED DESTROY_SCHEDULED PENDING_IMPORT IMPORT_FAILED"
            ),
            "deletionPolicy": DELETION_POLICY,
        },
        references=(Reference(path="cryptoKey", to=(CRYPTO_KEY,), holds=False),),
        keeps_name=True,
        outputs=_version,
    ),
    iam_member(
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        Reference(path="cryptoKeyId", to=(CRYPTO_KEY,), holds=False),
        id="{cryptoKeyId}",
        api=_API,
        source="cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/setIamPolicy",
        services=("cloudkms", "container"),
    ),
    iam_member(
        "gcp:kms/keyRingIAMMember:KeyRingIAMMember",
        Reference(path="keyRingId", to=(_RING,), holds=False),
        id="{keyRingId}",
        api=_API,
        source="cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/setIamPolicy",
        services=("cloudkms", "container"),
    ),
)

INVOKES: Final[dict[str, Invoke]] = {
    "gcp:kms/getKMSKeyRing:getKMSKeyRing": _get_ring,
    "gcp:kms/getKMSCryptoKey:getKMSCryptoKey": _get_key,
    "gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion": _get_version,
}
