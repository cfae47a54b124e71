"""Secret Manager: secrets, whose replication is for good, and their versions, numbered and never changed."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import (
    CRYPTO_KEY,
    DELETION_POLICY,
    DURATION,
    INSTANT,
    SECRET,
    SECRET_VERSION,
    TOPIC,
    agent,
    given,
    iam_member,
    key,
    known,
    labels,
    lasting,
    settled,
    unique,
    usable_key,
    values,
    words,
)
from local.gcp.services.agents import SECRET_MANAGER

_API: Final = "secretmanager.googleapis.com"
_DOCS: Final = "cloud.google.com/secret-manager/docs/reference/rest/v1/"
_LARGEST: Final = 65536
_AUTO_KEY: Final = "replication.auto.customerManagedEncryption.kmsKeyName"
_REPLICA_KEY: Final = "replication.userManaged.replicas.*.customerManagedEncryption.kmsKeyName"
_CENTURY: Final = timedelta(days=36500)


def _rotation(properties: Properties) -> Iterator[str]:
    if given(properties, "rotation") and not given(properties, "topics"):
        yield "rotation is set, which needs topics: Google tells them that it is time."
    if given(properties, "rotation.rotationPeriod") and not given(properties, "rotation.nextRotationTime"):
        yield "rotation.rotationPeriod needs rotation.nextRotationTime."


def _keys_in_place(resource: Resource, cloud: Cloud) -> Iterator[str]:
    """Source: cloud.google.com/secret-manager/docs/cmek: a key in global, or where the replica is."""
    found = cloud.find((CRYPTO_KEY,), str(resource.get(_AUTO_KEY)), resource)
    if found is not None and found.id.split("/")[3] != "global":
        yield f"{_AUTO_KEY} is a key in {found.id.split('/')[3]}; automatic replication needs one in global."
    for where, replica in values(resource.inputs, "replication.userManaged.replicas.*"):
        name = (replica.get("customerManagedEncryption") or {}).get("kmsKeyName")
        at = cloud.find((CRYPTO_KEY,), str(name), resource)
        if at is not None and at.id.split("/")[3] != replica.get("location"):
            yield f"{where} is in {replica.get('location')}, but its key is in {at.id.split('/')[3]}."


def _topics(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    email = agent(SECRET_MANAGER, resource, cloud)
    if resource.get("topics") and not cloud.account(email):
        yield Refused(
            400,
            f"topics: the service agent {email} does not exist. Ask for it with gcp.projects.ServiceIdentity and grant "
            "it roles/pubsub.publisher on each topic.",
        )


def _data(properties: Properties) -> Iterator[str]:
    data = known(properties, "secretData")
    if data is None:
        return
    if len(str(data).encode()) > _LARGEST:
        yield f"secretData has more than {_LARGEST} bytes."
    if known(properties, "isSecretDataBase64"):
        try:
            base64.b64decode(str(data), validate=True)
        except ValueError:
            yield "secretData is not base64, but isSecretDataBase64 is true."


KINDS: Final = (
    Kind(
        token=SECRET,
        id="projects/{project}/secrets/{secretId}",
        api=_API,
        source=_DOCS + "projects.secrets",
        names=("name", "secretId"),
        immutable=frozenset(
            {"project", "replication.auto", "replication.userManaged.replicas.*.location", "secretId", "tags"}
        ),
        required=("secretId",),
        one_of=(("replication.auto", "replication.userManaged"),),
        conflicts=(("expireTime", "ttl"),),
        values={
            "secretId": re.compile(r"[a-zA-Z0-9_-]{1,255}"),
            "ttl": DURATION,
            "expireTime": INSTANT,
            "rotation.nextRotationTime": INSTANT,
            "rotation.rotationPeriod": DURATION,
            "topics.*.name": re.compile(r"projects/[^/]+/topics/[^/]+"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels(),
            unique("replication.userManaged.replicas.*.location"),
            lasting("rotation.rotationPeriod", timedelta(hours=1), _CENTURY),
            lasting("versionDestroyTtl", timedelta(days=1), timedelta(days=1000)),
            _rotation,
        ),
        defaults={"deletionProtection": False},
        references=(
            Reference(path="topics.*.name", to=(TOPIC,), holds=False),
            key(_AUTO_KEY),
            key(_REPLICA_KEY),
        ),
        rules=(
            _keys_in_place,
            _topics,
            usable_key(_AUTO_KEY, SECRET_MANAGER, None),
            usable_key(_REPLICA_KEY, SECRET_MANAGER, None),
        ),
        protected="deletionProtection",
        outputs=lambda resource, cloud: {
            "name": f"projects/{cloud.project_number(resource.project)}/secrets/{resource.get('secretId')}"
        },
    ),
    Kind(
        token=SECRET_VERSION,
        id="projects/{#number}/secrets/{/secret}/versions/{#next}",
        api=_API,
        source=_DOCS + "projects.secrets.versions",
        names=("name",),
        immutable=frozenset({"isSecretDataBase64", "project", "secret", "secretData", "secretDataWoVersion"}),
        one_of=(("secretData", "secretDataWo"),),
        values={"deletionPolicy": DELETION_POLICY | words("DISABLE")},
        validations=settled(_data),
        defaults={"enabled": True},
        references=(Reference(path="secret", to=(SECRET,), inside=True),),
        outputs=lambda resource, _: {
            "name": resource.id,
            "version": resource.id.rpartition("/")[2],
            "destroyTime": "",
        },
    ),
    iam_member(
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        Reference(path="secretId", to=(SECRET,), holds=False),
        id="projects/{project}/secrets/{/secretId}",
        api=_API,
        source=_DOCS + "projects.secrets/setIamPolicy",
        services=("secretmanager",),
        also=("project",),
    ),
)
