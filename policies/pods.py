"""Where Kubernetes objects describe pods."""

from collections.abc import Mapping
from typing import Final

DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET: Final = "kubernetes:apps/v1:DaemonSet"
POD: Final = "kubernetes:core/v1:Pod"
TEMPLATES: Final[Mapping[str, str]] = {
    DEPLOYMENT: "spec.template.",
    STATEFUL_SET: "spec.template.",
    DAEMON_SET: "spec.template.",
    "kubernetes:apps/v1:ReplicaSet": "spec.template.",
    "kubernetes:core/v1:ReplicationController": "spec.template.",
    "kubernetes:batch/v1:Job": "spec.template.",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.",
    POD: "",
}
"""Type of what runs pods, and the path of the pod's description in it, to put a pod's own path behind."""
CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")
"""Fields of a pod's `spec` that list containers."""
