"""What a GKE cluster has from the start: its class of Gateways, its classes of storage, the labels of its nodes."""

from collections.abc import Mapping
from typing import Any, Final

from local.gke.world import CONTROLLER, GATEWAY_API, GATEWAY_CLASS

STORAGE_CLASSES: Final = ("standard-rwo", "premium-rwo")
"""Classes of GKE's persistent disks; on the local node all of them are directories of its own."""
ZONE: Final = "topology.kubernetes.io/zone"
REGION: Final = "topology.kubernetes.io/region"
POOL: Final = "cloud.google.com/gke-nodepool"
METADATA_SERVER: Final = "iam.gke.io/gke-metadata-server-enabled"


def objects() -> Mapping[str, Mapping[str, Any]]:
    """Map each object's path in the API to the object."""
    gateway_class = {
        "apiVersion": f"{GATEWAY_API}/v1",
        "kind": "GatewayClass",
        "metadata": {"name": GATEWAY_CLASS},
        "spec": {"controllerName": CONTROLLER},
    }
    storage = {
        f"/apis/storage.k8s.io/v1/storageclasses/{name}": {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": "kubernetes.io/host-path",
            "reclaimPolicy": "Delete",
            # GKE's wait for the first pod; the local provisioner knows no such thing.
            "volumeBindingMode": "Immediate",
        }
        for name in STORAGE_CLASSES
    }
    return {f"/apis/{GATEWAY_API}/v1/gatewayclasses/{GATEWAY_CLASS}": gateway_class, **storage}


def node_labels(*, zone: str, pool: str, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Labels as GKE's nodes have them, so that pods that choose nodes by them find the local one.

    A node is in one pool: pods that choose several pools by GKE's own label can't all be met by one node. Chosen by
    labels of the stack's own (`own`), one name for each pool, they can.
    """
    return {
        ZONE: zone,
        REGION: zone.rpartition("-")[0],
        POOL: pool,
        METADATA_SERVER: "true",
        **(own or {}),
    }
