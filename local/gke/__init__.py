"""A stand-in for what of GKE the local cluster lacks, so that `dev` and `prod` come up on it in a rehearsal.

`up(kubeconfig)` starts it, `down(kubeconfig)` ends it; docs/gke-stand-in.md says what it does as GKE.
"""

from local.gke.manifests import node_labels
from local.gke.stand_in import StandInError, down, leftovers, proxy_ranges, reach, up

__all__ = ["StandInError", "down", "leftovers", "node_labels", "proxy_ranges", "reach", "up"]
