"""Keys that encrypt what the stack keeps.

Owns: a key ring, a key for each use, and the right of Google's accounts to use it: each only the keys of what it keeps.

Deliberately not here: the key of Pulumi's state, which has to be there before the stack is (`make bootstrap`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_gcp.kms import CryptoKey, CryptoKeyIAMMember, KeyRing

from infra.components.base import Component
from infra.components.service_agents import service_agent
from infra.naming import Naming, logical
from infra.settings_gcp import KeySettings

_KMS: Final = "cloudkms.googleapis.com"

USES: Final[Mapping[str, tuple[str, ...]]] = {
    "cluster": ("container.googleapis.com",),
    "disks": ("compute.googleapis.com",),
    "registry": ("artifactregistry.googleapis.com",),
    "backup": ("container.googleapis.com", "gkebackup.googleapis.com"),
}
"""What each key encrypts, and the APIs whose accounts use it: Secrets of the cluster, disks of nodes and volumes,
images, and backups of the cluster.

Source: cloud.google.com/kms/docs/compatible-services; of backups, which GKE's own account writes too,
cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/concepts/about-cmek.
"""

APIS: Final[tuple[str, ...]] = (_KMS, *sorted({api for apis in USES.values() for api in apis}))
"""That of keys, and those whose accounts use them."""

_DAY: Final = 24 * 60 * 60
_RECOVERY_DAYS: Final = 30
"""Days in which a destroyed version can be restored. It can't be changed later; 30 is what Cloud KMS sets by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysArgs:
    """Inputs of Keys."""

    names: Naming
    """Names of the stack."""
    settings: KeySettings
    """Rotation, where key material lives, and the ring's name."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called. Source: Project.apis."""
    location: str
    """Region of the keys, the same as that of what they encrypt."""
    protect: bool
    """Whether ring and keys refuse to be deleted."""


class Keys(Component):
    """The keys of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Keys"

    grants: Mapping[str, pulumi.Resource]
    """For each use, what to depend on where the key itself is no input."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        ring = KeyRing(
            name,
            project=args.project,
            name=args.names.physical(args.settings.ring, "key-ring"),
            location=args.location,
            opts=self.child(protect=args.protect, depends_on=[args.apis[_KMS]]),
        )
        self._ids: dict[str, pulumi.Output[str]] = {}
        grants: dict[str, pulumi.Resource] = {}
        for use, apis in USES.items():
            key = CryptoKey(
                logical(name, use),
                name=use,
                key_ring=ring.id,
                purpose="ENCRYPT_DECRYPT",
                rotation_period=f"{args.settings.rotation_days * _DAY}s",
                destroy_scheduled_duration=f"{_RECOVERY_DAYS * _DAY}s",
                version_template={
                    "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
                    "protection_level": args.settings.protection,
                },
                opts=self.child(protect=args.protect),
            )
            usable = key.id
            for api in apis:
                grant = CryptoKeyIAMMember(
                    logical(name, f"{use}-{api.removesuffix('.googleapis.com')}"),
                    crypto_key_id=usable,
                    role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                    member=service_agent(api, args.number),
                    opts=self.child(depends_on=[args.apis[api]]),
                )
                # Out of the grant, not of the key: what is given it waits for the grant, and finds it known when the
                # grant is only replaced.
                usable = grant.crypto_key_id
                grants[use] = grant
            self._ids[use] = usable
        self.grants = grants
        self.register_outputs({})

    def key(self, use: str) -> pulumi.Output[str]:
        """Id of the key for a use of USES, "projects/…/cryptoKeys/disks"; whoever is given it waits for the grants."""
        return self._ids[use]
