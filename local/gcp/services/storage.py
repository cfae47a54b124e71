"""Cloud Storage: buckets, whose names are the world's, and objects in them. What is in an object is not kept."""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from infra.settings_gcp_types import REGIONS
from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource, look
from local.gcp.rules import (
    BUCKET,
    CRYPTO_KEY,
    DELETION_POLICY,
    iam_member,
    key,
    known,
    labels,
    settled,
    usable_key,
    values,
    words,
)
from local.gcp.services.agents import STORAGE

_OBJECT: Final = "gcp:storage/bucketObject:BucketObject"
_API: Final = "storage.googleapis.com"
_DOCS: Final = "cloud.google.com/storage/docs/json_api/v1/"
_KEY: Final = "encryption.defaultKmsKeyName"
_CLASSES: Final = words("STANDARD NEARLINE COLDLINE ARCHIVE MULTI_REGIONAL REGIONAL DURABLE_REDUCED_AVAILABILITY")
_MULTI_REGIONS: Final = {"us": "us", "eu": "europe", "asia": "asia"}
"""Multi-regions of buckets, and where their keys are. Source: cloud.google.com/storage/docs/locations."""
_WEEK: Final = int(timedelta(days=7).total_seconds())
_LONGEST: Final = int(timedelta(days=90).total_seconds())


def _name(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/storage/docs/buckets, "bucket name requirements"."""
    name = str(known(properties, "name") or "")
    if re.search(r"google|g00gle", name) or name.startswith("goog"):
        yield f"name is {name}; a name cannot begin with goog or have google in it."
    if ".." in name or ".-" in name or "-." in name:
        yield f"name is {name}; dots stand between letters or digits."
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return
    yield f"name is {name}, which is an IP address."


def _soft_delete(properties: Properties) -> Iterator[str]:
    kept = known(properties, "softDeletePolicy.retentionDurationSeconds")
    if isinstance(kept, int) and kept and not _WEEK <= kept <= _LONGEST:
        yield f"softDeletePolicy.retentionDurationSeconds is {kept}; 0, or from {_WEEK} to {_LONGEST}, is required."


def _lifecycle(properties: Properties) -> Iterator[str]:
    for where, rule in values(properties, "lifecycleRules.*"):
        action = rule.get("action") or {}
        if (action.get("type") == "SetStorageClass") != (action.get("storageClass") is not None):
            yield f"{where}.action: storageClass is for SetStorageClass, which needs it."
        if not rule.get("condition"):
            yield f"{where}.condition is empty; at least one condition is required."


def _location(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    location = str(resource.get("location")).lower()
    if location not in REGIONS and location not in _MULTI_REGIONS and not re.fullmatch(r"(nam|eur|asia)\d", location):
        yield f"The specified location constraint {location} is not valid. Use a region, US, EU or ASIA."


def _key_in_place(resource: Resource, cloud: Cloud) -> Iterator[str]:
    found = cloud.find((CRYPTO_KEY,), str(resource.get(_KEY)), resource)
    location = str(resource.get("location")).lower()
    if found is not None and found.id.split("/")[3] != _MULTI_REGIONS.get(location, location):
        yield (
            f"{_KEY} is a key in {found.id.split('/')[3]}; the bucket is in {location}, and needs one in "
            f"{_MULTI_REGIONS.get(location, location)}."
        )


def _empty(bucket: Resource, cloud: Cloud) -> Iterator[Refused]:
    held = [one for one in cloud.all(_OBJECT) if one.get("bucket") == bucket.get("name")]
    if held and not bucket.get("forceDestroy"):
        yield Refused(
            409,
            f"Error trying to delete bucket {bucket.get('name')} containing objects without forceDestroy set to true: "
            f"{held[0].get('name')}",
        )


def _unlocked(old: Properties, new: Properties) -> Iterator[str]:
    path = "retentionPolicy.isLocked"
    if look(old, path) is True and not look(new, path):
        yield path


def _bucket(resource: Resource, cloud: Cloud) -> Properties:
    name = resource.get("name")
    return {
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "url": f"gs://{name}",
        "projectNumber": int(cloud.project_number(resource.project)),
        "timeCreated": resource.created,
        "updated": resource.created,
    }


def _object(resource: Resource, _cloud: Cloud) -> Properties:
    content = str(resource.get("content") or "").encode()
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    bucket, name = resource.get("bucket"), resource.get("name")
    return {
        "md5hash": base64.b64encode(digest).decode(),
        "md5hexhash": digest.hex(),
        "crc32c": base64.b64encode(digest[:4]).decode(),
        "generation": int(resource.number(16)),
        "mediaLink": f"https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/{name}?alt=media",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}",
        "outputName": name,
    }


KINDS: Final = (
    Kind(
        token=BUCKET,
        id="{name}",
        api=_API,
        source=_DOCS + "buckets",
        names=("name", "url"),
        immutable=frozenset(
            {
                "customPlacementConfig",
                "enableObjectRetention",
                "hierarchicalNamespace",
                "location",
                "name",
                "project",
            }
        ),
        replaced_by=(_unlocked,),
        at_least_one_of=(("website.mainPageSuffix", "website.notFoundPage"),),
        values={
            "name": re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]"),
            "storageClass": _CLASSES,
            "publicAccessPrevention": words("inherited enforced"),
            "ipFilter.mode": words("Enabled Disabled"),
            "rpo": words("DEFAULT ASYNC_TURBO"),
            "lifecycleRules.*.action.type": words("Delete SetStorageClass AbortIncompleteMultipartUpload"),
            "lifecycleRules.*.action.storageClass": _CLASSES,
            "lifecycleRules.*.condition.withState": words("LIVE ARCHIVED ANY"),
            "retentionPolicy.retentionPeriod": re.compile(r"[1-9]\d{0,9}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels(), _name, _soft_delete, _lifecycle),
        defaults={"forceDestroy": False, "storageClass": "STANDARD"},
        references=(key(_KEY), Reference(path="logging.logBucket", to=(BUCKET,), holds=False, status=400)),
        rules=(_location, _key_in_place, usable_key(_KEY, STORAGE, None)),
        deletion_rules=(_empty,),
        outputs=_bucket,
    ),
    Kind(
        token=_OBJECT,
        id="{bucket}-{name}",
        api=None,
        source=_DOCS + "objects",
        names=(),
        immutable=frozenset(
            {
                "bucket",
                "cacheControl",
                "contentDisposition",
                "contentEncoding",
                "contentLanguage",
                "contentType",
                "customerEncryption",
                "forceEmptyContentType",
                "kmsKeyName",
                "metadata",
                "name",
                "source",
                "storageClass",
            }
        ),
        one_of=(("content", "source"),),
        conflicts=(
            ("contentType", "forceEmptyContentType"),
            ("customerEncryption", "kmsKeyName"),
            ("eventBasedHold", "retention"),
        ),
        values={"storageClass": _CLASSES, "deletionPolicy": DELETION_POLICY},
        references=(Reference(path="bucket", to=(BUCKET,), inside=True), key("kmsKeyName")),
        outputs=_object,
    ),
    iam_member(
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        Reference(path="bucket", to=(BUCKET,), holds=False),
        id="b/{bucket}",
        api=None,
        source=_DOCS + "buckets/setIamPolicy",
        services=("storage",),
    ),
)
