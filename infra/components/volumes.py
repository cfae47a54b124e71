"""Disks behind volumes on GKE, encrypted with the stack's own key.

Owns: the StorageClass that claims name. The default class of a GKE cluster has disks with a key of Google's.

Deliberately not here: claims, which belong to what keeps something in them, and snapshots (ClusterBackup).
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_kubernetes.storage.v1 import StorageClass

from infra.components.base import Component, metadata
from infra.naming import Naming

DRIVER: Final = "pd.csi.storage.gke.io"
"""Makes disks of Compute Engine; an add-on of every GKE cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumesArgs:
    """Inputs of Volumes."""

    names: Naming
    """Names of the stack."""
    disk: str
    """Type of the disks; setting gcp.cluster.volumes."""
    key: pulumi.Input[str]
    """Id of the key that encrypts them. Source: Keys.key("disks")."""


class Volumes(Component):
    """The class of the stack's volumes."""

    TYPE: ClassVar[str] = "a-tu-mano:kubernetes:Volumes"

    name: pulumi.Output[str]
    """Name of the StorageClass."""

    def __init__(self, name: str, args: VolumesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        kept = StorageClass(
            name,
            metadata=metadata(args.names.physical("volumes", "storage class"), None, args.names.labels("volumes")),
            provisioner=DRIVER,
            parameters={"type": args.disk, "disk-encryption-kms-key": args.key},
            # Where its pod runs, not anywhere: a disk is of one zone.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Delete",
            # Nothing of it can be changed, and its name is taken until it is gone; volumes that are there stay.
            opts=self.child(delete_before_replace=True),
        )
        self.name = kept.metadata["name"]
        self.register_outputs({"name": self.name})
