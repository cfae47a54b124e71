"""Where a rehearsal keeps its things. Standard library only: it decides what `local.paths` finds afterwards.

A rehearsal has a cluster and a state of its own, so that a shop that is up on this machine is left alone.

| what | default | variable |
|---|---|---|
| state: cluster, emulated cloud, backends, logs | `<state of the shop>-rehearsal` | `A_TU_MANO_REHEARSAL_STATE` |
| addresses of the cluster | `10.93.0.0/16` | `A_TU_MANO_REHEARSAL_NETWORK` |
"""

import os
from pathlib import Path

STACKS = ("dev", "prod")
"""Stacks that have a GCP project to be rehearsed; one at a time, since they share cluster and namespaces."""
CLUSTER_VARIABLE = "A_TU_MANO_GCP_CLUSTER"
"""Names the kubeconfig of the cluster that stands in for GKE, for the emulated provider and the credential plugin."""
CLOUD_VARIABLE = "A_TU_MANO_GCP"
"""Names the folder of the emulated cloud."""
_NETWORK = "10.93.0.0/16"
_EDGE_PORT = "18093"


def enter() -> None:
    """Make this process, and those it starts, work in the rehearsal's place; before `local.paths` is imported."""
    if os.environ.get("A_TU_MANO_IN_REHEARSAL"):
        return
    shop = os.environ.get("A_TU_MANO_STATE") or str(Path.home() / ".local/state/a-tu-mano")
    state = os.environ.get("A_TU_MANO_REHEARSAL_STATE") or f"{shop.rstrip('/')}-rehearsal"
    os.environ |= {
        "A_TU_MANO_IN_REHEARSAL": "1",
        "A_TU_MANO_STATE": state,
        "A_TU_MANO_NETWORK": os.environ.get("A_TU_MANO_REHEARSAL_NETWORK") or _NETWORK,
        "A_TU_MANO_EDGE_PORT": _EDGE_PORT,
        CLOUD_VARIABLE: f"{state}/gcp",
        CLUSTER_VARIABLE: f"{state}/cluster/kubeconfig",
    }
    for outside in ("CONTEXT", "KUBECONFIG", "IMAGES_TO"):
        os.environ.pop(outside, None)
    if os.environ.get("A_TU_MANO_IMAGES") != "none":  # That one asks for the stack without its shop.
        os.environ.pop("A_TU_MANO_IMAGES", None)
