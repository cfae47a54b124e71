"""What the API server must know before the node's own daemons can work, applied straight to it."""

import datetime
from base64 import b64encode
from typing import Any

from local.cluster.api import Api
from local.cluster.manifests import SYSTEM_NAMESPACES
from local.cluster.pki import NODE_NAME, Pki

_RBAC = "rbac.authorization.k8s.io"


def _objects(pki: Pki) -> dict[str, dict[str, Any]]:
    """Map each object's path in the API to the object."""
    name = "a-tu-mano:network-policy"
    reading = {"verbs": ["get", "list", "watch"]}
    role = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [
            {"apiGroups": [""], "resources": ["namespaces", "pods", "services", "nodes", "endpoints"], **reading},
            {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], **reading},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], **reading},
        ],
    }
    binding = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": name}],
    }
    return {
        f"/apis/{_RBAC}/v1/clusterroles/{name}": role,
        f"/apis/{_RBAC}/v1/clusterrolebindings/{name}": binding,
        "/api/v1/namespaces/kube-system/secrets/metrics-server": _certificate(pki),
    }


def _certificate(pki: Pki) -> dict[str, Any]:
    """Make the Secret that proves the metrics server to the API server; here, so that no other state holds its key."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": "metrics-server", "namespace": "kube-system"},
        "data": {
            "tls.crt": b64encode(pki.certificate("metrics-server").read_bytes()).decode(),
            "tls.key": b64encode(pki.key("metrics-server").read_bytes()).decode(),
        },
    }


def apply(api: Api, pki: Pki) -> None:
    """Apply it all.

    Raises:
        ClusterError: the API server refused an object.
    """
    for path, manifest in _objects(pki).items():
        api.apply(path, manifest)


def node_known(api: Api) -> bool:
    """Tell whether the node has registered, now or in an earlier life."""
    return api.get(f"/api/v1/nodes/{NODE_NAME}") is not None


def node_ready(api: Api) -> bool:
    """Tell whether the node takes pods."""
    node = api.get(f"/api/v1/nodes/{NODE_NAME}")
    conditions = node["status"].get("conditions", []) if node else []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def system_ready(api: Api, since: datetime.datetime) -> bool:
    """Tell whether every pod of the add-ons is ready and was started after `since`.

    Right after a node's restart the API server still knows its pods as ready: the time tells that from the truth.
    """
    pods = [
        pod
        for namespace in SYSTEM_NAMESPACES
        for pod in (api.get(f"/api/v1/namespaces/{namespace}/pods") or {"items": []})["items"]
        if pod["status"]["phase"] != "Succeeded"
    ]
    return all(_ready_since(pod, since) for pod in pods)


def _ready_since(pod: dict[str, Any], since: datetime.datetime) -> bool:
    containers = pod["status"].get("containerStatuses", [])
    # Kubernetes tells whole seconds.
    begin = since.replace(microsecond=0)
    return bool(containers) and all(
        container["ready"] and datetime.datetime.fromisoformat(container["state"]["running"]["startedAt"]) >= begin
        for container in containers
    )
