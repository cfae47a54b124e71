"""What runs in the cluster besides the shop, as plain manifests: DNS, metrics, storage, and the edge's class.

Each namespace denies all traffic but what is listed here, and takes only pods that conform to `restricted`.
"""

from base64 import b64encode
from typing import Any

from local.cluster.network import Network

GATEWAY_NAMESPACE = "envoy-gateway-system"
EDGE_NAMESPACE, EDGE_SERVICE = "edge", "envoy"
"""Where the Gateway is that `localhost` leads to, and the name of the Service of any Gateway's proxies."""
_SYSTEM = "kube-system"
SYSTEM_NAMESPACES = (_SYSTEM, GATEWAY_NAMESPACE)
_API_PORT, _KUBELET_PORT, _DNS_PORT, _METRICS_PORT, _XDS_PORT = 6443, 10250, 53, 10251, 18000
_RBAC = "rbac.authorization.k8s.io"
_NONROOT = 65532
_WAITING = {
    # The engine would look at a Service for ten seconds; that its pods are ready is known from their Deployment.
    "Service": {"pulumi.com/skipAwait": "true"},
    "Deployment": {"pulumi.com/timeoutSeconds": "120"},
}
"""What the engine waits for, by kind."""


def _object(api: str, kind: str, name: str, namespace: str | None = None, **rest: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if namespace is not None:
        metadata["namespace"] = namespace
    if namespace == _SYSTEM and kind in _WAITING:
        metadata |= {"labels": {"k8s-app": name}, "annotations": _WAITING[kind]}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **rest}


def _ports(*ports: int, protocol: str = "TCP") -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": port} for port in ports]


def _policy(name: str, namespace: str, pods: dict[str, str], **rules: list[dict[str, Any]]) -> dict[str, Any]:
    spec = {
        "podSelector": {"matchLabels": pods},
        "policyTypes": [direction.capitalize() for direction in rules],
        **rules,
    }
    return _object("networking.k8s.io/v1", "NetworkPolicy", name, namespace, spec=spec)


def _to_node(network: Network, *ports: int) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": f"{network.node}/32"}}], "ports": _ports(*ports)}


def _namespace(name: str) -> dict[str, Any]:
    namespace = _object("v1", "Namespace", name)
    namespace["metadata"]["labels"] = {"pod-security.kubernetes.io/enforce": "restricted"}
    return namespace


def _role(name: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        _object(f"{_RBAC}/v1", "ClusterRole", name, rules=rules),
        _binding(name, name, name.removeprefix("system:")),
    ]


def _binding(name: str, role: str, account: str) -> dict[str, Any]:
    return _object(
        f"{_RBAC}/v1",
        "ClusterRoleBinding",
        name,
        roleRef={"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        subjects=[{"kind": "ServiceAccount", "name": account, "namespace": _SYSTEM}],
    )


def _probe(path: str, port: int, scheme: str = "HTTP", **timing: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": port, "scheme": scheme}, **timing}


def _deployment(
    name: str, container: dict[str, Any], volumes: list[dict[str, Any]], memory: str, sysctls: dict[str, str]
) -> dict[str, Any]:
    labels = {"k8s-app": name}
    security = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    resources = {"requests": {"cpu": "20m", "memory": memory}, "limits": {"memory": "256Mi"}}
    pod = {
        "serviceAccountName": name,
        "priorityClassName": "system-cluster-critical",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NONROOT,
            "runAsGroup": _NONROOT,
            "fsGroup": _NONROOT,
            "seccompProfile": {"type": "RuntimeDefault"},
            "sysctls": [{"name": key, "value": value} for key, value in sysctls.items()],
        },
        "containers": [{"name": name, "securityContext": security, "resources": resources, **container}],
        "volumes": volumes,
    }
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return _object("apps/v1", "Deployment", name, _SYSTEM, spec=spec)


def _service(name: str, ports: list[dict[str, Any]], selector: str, cluster_ip: str | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"selector": {"k8s-app": selector}, "ports": ports}
    if cluster_ip is not None:
        spec["clusterIP"] = cluster_ip
    return _object("v1", "Service", name, _SYSTEM, spec=spec)


def foundation(network: Network) -> list[dict[str, Any]]:
    """Namespaces' rules, and the default StorageClass: a directory of the node's, gone with the cluster."""
    storage = _object(
        "storage.k8s.io/v1",
        "StorageClass",
        "standard",
        provisioner="kubernetes.io/host-path",
        reclaimPolicy="Delete",
        volumeBindingMode="Immediate",
    )
    storage["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    closed = [_policy("default-deny", namespace, {}, ingress=[], egress=[]) for namespace in SYSTEM_NAMESPACES]
    gateway = [
        _policy("api-server", GATEWAY_NAMESPACE, {}, egress=[_to_node(network, _API_PORT)]),
        _policy(
            "proxies",
            GATEWAY_NAMESPACE,
            {"control-plane": "envoy-gateway"},
            ingress=[
                {
                    "from": [
                        {
                            "namespaceSelector": {},
                            "podSelector": {"matchLabels": {"app.kubernetes.io/managed-by": "envoy-gateway"}},
                        }
                    ],
                    "ports": _ports(_XDS_PORT),
                }
            ],
        ),
    ]
    return [_namespace(GATEWAY_NAMESPACE), storage, *closed, *gateway]


def dns(network: Network, image: str) -> list[dict[str, Any]]:
    """CoreDNS for the cluster's own names; it forwards nothing, because pods have no way out of this machine."""
    corefile = """\
.:53 {
    errors
    health :8080
    ready :8181
    kubernetes cluster.local in-addr.arpa
    cache 30
}
"""
    container = {
        "image": image,
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [
            {"name": f"dns-{protocol.lower()}", "containerPort": _DNS_PORT, "protocol": protocol}
            for protocol in ("UDP", "TCP")
        ],
        "startupProbe": _probe("/ready", 8181, periodSeconds=1, failureThreshold=60),
        "readinessProbe": _probe("/ready", 8181, periodSeconds=5),
        "livenessProbe": _probe("/health", 8080),
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    volumes = [{"name": "config", "configMap": {"name": "coredns"}}]
    # An unprivileged user may then listen on port 53; the sysctl is the pod's own.
    sysctls = {"net.ipv4.ip_unprivileged_port_start": "53"}
    ports = [
        {"name": f"dns-{protocol.lower()}", "port": _DNS_PORT, "protocol": protocol} for protocol in ("UDP", "TCP")
    ]
    deployment = _deployment("coredns", container, volumes, "32Mi", sysctls)
    labels = {"k8s-app": "kube-dns"}
    deployment["spec"]["selector"]["matchLabels"] = labels
    deployment["spec"]["template"]["metadata"]["labels"] = labels
    reading = {"verbs": ["list", "watch"]}
    rules = [
        {"apiGroups": [""], "resources": ["endpoints", "services", "pods", "namespaces"], **reading},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], **reading},
    ]
    asked = {"ports": _ports(_DNS_PORT, protocol="UDP") + _ports(_DNS_PORT)}
    return [
        _object("v1", "ServiceAccount", "coredns", _SYSTEM),
        *_role("system:coredns", rules),
        _object("v1", "ConfigMap", "coredns", _SYSTEM, data={"Corefile": corefile}),
        _policy("kube-dns", _SYSTEM, labels, ingress=[asked], egress=[_to_node(network, _API_PORT)]),
        _service("kube-dns", ports, "kube-dns", str(network.dns)),
        deployment,
    ]


def metrics(network: Network, image: str, authority: bytes) -> list[dict[str, Any]]:
    """The metrics server, which autoscalers ask; its certificate is the Secret that `bootstrap` applies."""
    name = "metrics-server"
    certificate = "/certificate"
    container = {
        "image": image,
        "args": [
            f"--secure-port={_METRICS_PORT}",
            f"--tls-cert-file={certificate}/tls.crt",
            f"--tls-private-key-file={certificate}/tls.key",
            "--kubelet-preferred-address-types=InternalIP",
            "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
            "--metric-resolution=10s",
            "--kubelet-request-timeout=5s",
        ],
        "ports": [{"name": "https", "containerPort": _METRICS_PORT}],
        "startupProbe": _probe("/livez", _METRICS_PORT, "HTTPS", periodSeconds=1, failureThreshold=60),
        "readinessProbe": _probe("/readyz", _METRICS_PORT, "HTTPS", periodSeconds=2),
        "livenessProbe": _probe("/livez", _METRICS_PORT, "HTTPS"),
        "volumeMounts": [{"name": "certificate", "mountPath": certificate, "readOnly": True}],
    }
    volumes = [{"name": "certificate", "secret": {"secretName": name, "defaultMode": 0o440}}]
    rules = [
        {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": ["get", "list", "watch"]},
    ]
    reader = _object(
        f"{_RBAC}/v1",
        "RoleBinding",
        "metrics-server-auth-reader",
        _SYSTEM,
        roleRef={"apiGroup": _RBAC, "kind": "Role", "name": "extension-apiserver-authentication-reader"},
        subjects=[{"kind": "ServiceAccount", "name": name, "namespace": _SYSTEM}],
    )
    served = {
        "service": {"name": name, "namespace": _SYSTEM},
        "group": "metrics.k8s.io",
        "version": "v1beta1",
        "caBundle": b64encode(authority).decode(),
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
    }
    return [
        _object("v1", "ServiceAccount", name, _SYSTEM),
        *_role(f"system:{name}", rules),
        _binding(f"{name}:system:auth-delegator", "system:auth-delegator", name),
        reader,
        _policy(name, _SYSTEM, {"k8s-app": name}, egress=[_to_node(network, _API_PORT, _KUBELET_PORT)]),
        _service(name, [{"name": "https", "port": 443, "targetPort": "https"}], name),
        _deployment(name, container, volumes, "64Mi", {}),
        _object("apiregistration.k8s.io/v1", "APIService", "v1beta1.metrics.k8s.io", spec=served),
    ]


def gateway_values(image: str) -> dict[str, Any]:
    """Render the values of Envoy Gateway's chart; proxies run in the namespace of their Gateway."""
    return {
        "global": {"images": {"envoyGateway": {"image": image, "pullPolicy": "IfNotPresent"}}},
        "deployment": {"envoyGateway": {"resources": {"requests": {"cpu": "50m", "memory": "128Mi"}}}},
        "topologyInjector": {"enabled": False},
        "config": {
            "envoyGateway": {
                "provider": {
                    "type": "Kubernetes",
                    "kubernetes": {
                        "deploy": {"type": "GatewayNamespace"},
                        "shutdownManager": {"image": image},
                    },
                },
                "logging": {"level": {"default": "warn"}},
            }
        },
    }


def gateway_class(image: str) -> list[dict[str, Any]]:
    """The class `envoy`; its Gateways' Services all have one name, by which the host's forwarder finds the edge's."""
    # The chart's own probes look every 10 s; a person waits for this one.
    quick = {"periodSeconds": 1, "failureThreshold": 120}
    probes = [{"name": name, "startupProbe": quick} for name in ("envoy", "shutdown-manager")]
    resources = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}
    kubernetes = {
        "envoyService": {"type": "ClusterIP", "name": EDGE_SERVICE},
        "envoyDeployment": {
            "container": {"image": image, "resources": resources},
            "patch": {
                "type": "StrategicMerge",
                "value": {"spec": {"template": {"spec": {"containers": probes}}}},
            },
        },
    }
    api = "gateway.envoyproxy.io"
    proxy = {
        "provider": {"type": "Kubernetes", "kubernetes": kubernetes},
        "shutdown": {"drainTimeout": "10s", "minDrainDuration": "2s"},
        "logging": {"level": {"default": "warn"}},
    }
    chosen = {"group": api, "kind": "EnvoyProxy", "name": "edge", "namespace": GATEWAY_NAMESPACE}
    return [
        _object(f"{api}/v1alpha1", "EnvoyProxy", "edge", GATEWAY_NAMESPACE, spec=proxy),
        _object(
            "gateway.networking.k8s.io/v1",
            "GatewayClass",
            "envoy",
            spec={"controllerName": f"{api}/gatewayclass-controller", "parametersRef": chosen},
        ),
    ]
