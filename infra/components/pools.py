"""Nodes of a Standard cluster: what they all share, and one pool of them for each of the settings.

Source of what they share: CIS GKE, sections 5.2 to 5.6, and
cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster.
"""

from collections.abc import Sequence
from typing import Any, Final

import pulumi
from pulumi_gcp import container

from infra.components import pods
from infra.settings_gcp import PoolSettings

CLOUD_PLATFORM: Final = "https://www.googleapis.com/auth/cloud-platform"
"""Scope of the nodes' account; what it may do, its roles say."""
DATABASE: Final = "database"
"""Purpose whose nodes are kept free of everything else."""


def hardened(account: pulumi.Input[str], key: pulumi.Input[str]) -> dict[str, Any]:
    """What every node has, as arguments of a node configuration.

    Args:
        account: E-mail address of the nodes' account.
        key: Id of the key that encrypts boot disks.
    """
    return {
        "service_account": account,
        "oauth_scopes": [CLOUD_PLATFORM],
        "image_type": "COS_CONTAINERD",
        "boot_disk_kms_key": key,
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        # Pods see their own identity, never the node's.
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        "metadata": {"disable-legacy-endpoints": "true"},
        "kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"},
    }


def temporary(account: pulumi.Input[str], key: pulumi.Input[str]) -> container.ClusterNodeConfigArgs:
    """Nodes of the pool GKE insists on and the provider removes at once; organizations judge them like any other."""
    return container.ClusterNodeConfigArgs(**hardened(account, key), disk_type="pd-standard", disk_size_gb=20)


def pool(settings: PoolSettings, nodes: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a node pool: how many nodes, how they are renewed, what they are; `nodes` is what `hardened` gave.

    There is no name among them: with a random end of the engine's, a pool that can't be changed in place is succeeded
    by another one before it goes, and pods move instead of waiting for new nodes.
    """
    return {
        "initial_node_count": settings.min,
        "autoscaling": {
            "min_node_count": settings.min,
            "max_node_count": settings.max,
            # Spot VMs where there are any; others evenly, so that a lost zone takes its share only.
            "location_policy": "ANY" if settings.spot else "BALANCED",
        },
        "management": {"auto_repair": True, "auto_upgrade": True},
        "upgrade_settings": {"strategy": "SURGE", "max_surge": 1, "max_unavailable": 0},
        "node_config": container.NodePoolNodeConfigArgs(
            **nodes,
            machine_type=settings.machine_type,
            spot=settings.spot,
            disk_size_gb=settings.disk_gb,
            disk_type=settings.disk_type,
            labels={pods.PURPOSE: settings.purpose},
            taints=_taints(settings.purpose),
        ),
    }


def _taints(purpose: str) -> Sequence[container.NodePoolNodeConfigTaintArgs] | None:
    if purpose != DATABASE:
        return None
    return [container.NodePoolNodeConfigTaintArgs(key=pods.PURPOSE, value=purpose, effect="NO_SCHEDULE")]
