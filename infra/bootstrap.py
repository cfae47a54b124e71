"""What has to be there before a stack on GCP can be: the place of its state, and the first secrets.

Owns: the state project (or takes the existing one), a bucket for Pulumi's state, the keys that encrypt it, the root
secret, and the secrets of the connection to Bitbucket. It is a program of its own with a state of its own:
`local.bootstrap` runs it, first with a state on this machine, then with one in the bucket it made.

Deliberately not here: who may use any of it besides the people who may administer the project. A stack's builds are
granted theirs by the stack (`components/delivery.py`). No retention policy locks the bucket: the engine overwrites its
state and removes its locks, which such a policy forbids; versions and soft deletion keep what was overwritten.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import Provider
from pulumi_gcp.kms import CryptoKey, CryptoKeyIAMMember, KeyRing
from pulumi_gcp.secretmanager import Secret, SecretVersion
from pulumi_gcp.storage import Bucket, get_project_service_account_output

from infra import state
from infra.components.project import Project, ProjectArgs
from infra.components.service_agents import service_agent
from infra.naming import Naming, logical
from infra.settings_gcp import GcpSettings
from infra.state import State

_KMS: Final = "cloudkms.googleapis.com"
_SECRETS: Final = "secretmanager.googleapis.com"
_STORAGE: Final = "storage.googleapis.com"
APIS: Final[tuple[str, ...]] = (_KMS, _SECRETS, _STORAGE)

_DAY: Final = 24 * 60 * 60
_KEEP_DAYS: Final = 90
"""Days after which a state that was overwritten may go."""
_KEEP_VERSIONS: Final = 50
"""Newest versions of a state that stay however old they are; each run of the engine writes a few."""
_SOFT_DELETE_DAYS: Final = 30
"""Days in which a deleted object can be restored; 7 to 90.

Source: cloud.google.com/storage/docs/soft-delete."""
_RECOVERY_DAYS: Final = 30
"""Days in which a destroyed version of a key can be restored; can't be changed later."""
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Bootstrap:
    """What the program is told."""

    names: Naming
    """Names of the stack."""
    settings: GcpSettings
    """Its settings."""
    tokens: Mapping[str, str]
    """New Bitbucket access tokens by secret: all of state.TOKENS the first time, then those that are to change."""
    secrets: bool
    """Whether the secrets are made too. They are not while the state is on this machine, so that it never has any."""


def program(told: Bootstrap) -> None:
    """Register all of it."""
    names, settings = told.names, told.settings
    place = state.of(names, settings)
    labels = {"stack": names.stack, "part-of": names.prefix, "managed-by": "pulumi"}
    project = Project(
        "state",
        ProjectArgs(
            names=names,
            settings=settings.project.model_copy(
                update={"id": place.project, "create": settings.state.create, "audit_data_access": True}
            ),
            apis=APIS,
            protect=settings.protect,
            region=place.location,
            labels=labels,
        ),
        pulumi.ResourceOptions(providers=[Provider("account", region=place.location, default_labels=labels)]),
    )
    keys = _keys(told, project, place)
    _bucket(told, project, place, keys[state.BUCKET_KEY])
    if told.secrets:
        _root(told, _secret(told, project, place, keys[state.SECRETS_KEY], state.ROOT))
        for name in state.BITBUCKET:
            _token(told, name, _secret(told, project, place, keys[state.SECRETS_KEY], name))


def _keys(told: Bootstrap, project: Project, place: State) -> Mapping[str, pulumi.Output[str]]:
    """The keys, each usable by whoever encrypts with it as soon as its id is known."""
    protect, inside = told.settings.protect, project.provider
    ring = KeyRing(
        "ring",
        project=project.id,
        name=place.ring,
        location=place.location,
        opts=pulumi.ResourceOptions(provider=inside, protect=protect, depends_on=[project.apis[_KMS]]),
    )
    storage = get_project_service_account_output(
        project=project.id, opts=pulumi.InvokeOutputOptions(provider=inside, depends_on=[project.apis[_STORAGE]])
    )
    users = {
        # Asking for the address makes the account, where it is not there yet.
        state.BUCKET_KEY: pulumi.Output.format("serviceAccount:{0}", storage.email_address),
        state.SECRETS_KEY: service_agent(_SECRETS, project.number),
    }
    ids: dict[str, pulumi.Output[str]] = {}
    for name in state.KEYS:
        key = CryptoKey(
            logical("key", name),
            name=name,
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{told.settings.keys.rotation_days * _DAY}s",
            destroy_scheduled_duration=f"{_RECOVERY_DAYS * _DAY}s",
            version_template={
                "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
                "protection_level": told.settings.keys.protection,
            },
            opts=pulumi.ResourceOptions(provider=inside, protect=protect),
        )
        ids[name] = key.id
        if name in users:
            grant = CryptoKeyIAMMember(
                logical("key", name),
                crypto_key_id=key.id,
                role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                member=users[name],
                opts=pulumi.ResourceOptions(
                    provider=inside, depends_on=[project.apis[_SECRETS], project.apis[_STORAGE]]
                ),
            )
            # Out of the grant, so that what is encrypted waits for it.
            ids[name] = grant.crypto_key_id
    return ids


def _bucket(told: Bootstrap, project: Project, place: State, key: pulumi.Output[str]) -> None:
    Bucket(
        "bucket",
        project=project.id,
        name=place.bucket,
        location=place.location.upper(),
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": True},
        soft_delete_policy={"retention_duration_seconds": _SOFT_DELETE_DAYS * _DAY},
        encryption={"default_kms_key_name": key},
        lifecycle_rules=[
            {
                "action": {"type": "Delete"},
                "condition": {
                    "days_since_noncurrent_time": _KEEP_DAYS,
                    "num_newer_versions": _KEEP_VERSIONS,
                    "with_state": "ARCHIVED",
                },
            },
            {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 1}},
        ],
        force_destroy=False,
        opts=pulumi.ResourceOptions(
            provider=project.provider, protect=told.settings.protect, depends_on=[project.apis[_STORAGE]]
        ),
    )


def _secret(told: Bootstrap, project: Project, place: State, key: pulumi.Output[str], name: str) -> Secret:
    return Secret(
        name,
        project=project.id,
        secret_id=name,
        replication={
            "user_managed": {
                "replicas": [{"location": place.location, "customer_managed_encryption": {"kms_key_name": key}}]
            }
        },
        deletion_protection=told.settings.protect,
        opts=pulumi.ResourceOptions(
            provider=project.provider, protect=told.settings.protect, depends_on=[project.apis[_SECRETS]]
        ),
    )


def _root(told: Bootstrap, secret: Secret) -> None:
    """Made once: a later run has other bytes in hand and leaves those that are there."""
    SecretVersion(
        state.ROOT,
        secret=secret.id,
        secret_data=pulumi.Output.secret(base64.b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()),
        deletion_policy="ABANDON",
        opts=_version(secret, kept=True, protect=told.settings.protect),
    )


def _token(told: Bootstrap, name: str, secret: Secret) -> None:
    new = told.tokens.get(name)
    kept = new is None
    if name == state.WEBHOOK:
        # The connection can't be given another one: it would be replaced, and every trigger with it.
        new, kept = secrets.token_urlsafe(_RANDOM_BYTES), True
    SecretVersion(
        name,
        secret=secret.id,
        # Where nothing new is given, what the state has is kept, and this is never sent anywhere.
        secret_data=pulumi.Output.secret(new or ""),
        # The version before it stays until the stack's next run has told the connection of the new one.
        deletion_policy="ABANDON",
        opts=_version(secret, kept=kept, protect=False),
    )


def _version(secret: Secret, *, kept: bool, protect: bool) -> pulumi.ResourceOptions:
    # A secret is protected, and what is below it would be too: a token could not be replaced by another one.
    return pulumi.ResourceOptions(parent=secret, ignore_changes=["secretData"] if kept else [], protect=protect)
