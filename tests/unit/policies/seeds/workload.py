"""Broken stacks that rules of workloads have to catch."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.capture import SECRET, UNKNOWN
from tests.unit.policies.seeds.seed import Seed

AUTH: Final = "kubernetes:apps/v1:Deployment auth"
DATABASE: Final = "kubernetes:apps/v1:StatefulSet mongodb"
GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway gateway"
BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget auth-budget"
SERVICE: Final = "kubernetes:core/v1:Service auth-service"
BACKEND: Final = "kubernetes:networking.gke.io/v1:GCPBackendPolicy auth-backend"
ROUTE: Final = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute auth-route"
RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1"
POD: Final = "spec.template.spec"
FIRST: Final = f"{POD}.containers[0]"


def on(
    resource: str,
    rule: str,
    name: str,
    change: Mapping[str, Any] | None = None,
    remove: Sequence[str] = (),
    **more: Any,
) -> Seed:
    """A change to one resource of prod."""
    return Seed(name, f"workload-{rule}", resource=resource, set=change or {}, remove=remove, **more)


def by(rule: str, name: str, **settings: Any) -> Seed:
    """A change to prod's settings; `__` in a key stands for a dot."""
    keys = {key.replace("__", "."): value for key, value in settings.items()}
    return Seed(name, f"workload-{rule}", settings=keys)


def more(rule: str, name: str, type_: str, **inputs: Any) -> Seed:
    """One resource too many in prod."""
    described = {"type": type_, "name": "added", "inputs": inputs}
    return Seed(name, f"workload-{rule}", add=described, finds=f"{type_} added")


def role(*, verbs: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """Inputs of a role of one rule."""
    rules = [{"apiGroups": [""], "resources": [*resources], "verbs": [*verbs]}]
    return {"metadata": {"name": "added", "namespace": "shop"}, "rules": rules}


def policy(namespace: str, **spec: Any) -> dict[str, Any]:
    """Inputs of a NetworkPolicy for a service's pods."""
    selector = {"matchLabels": {"app.kubernetes.io/name": "auth"}}
    return {"metadata": {"name": "added", "namespace": namespace}, "spec": {"podSelector": selector, **spec}}


CONTAINERS: Final = [
    on(AUTH, "read-only-root", "a writable root", remove=[f"{FIRST}.securityContext.readOnlyRootFilesystem"]),
    on(AUTH, "no-privilege-escalation", "rights can be gained",
       remove=[f"{FIRST}.securityContext.allowPrivilegeEscalation"]),
    on(AUTH, "unprivileged", "a privileged container", {f"{FIRST}.securityContext.privileged": True}),
    on(AUTH, "capabilities", "raw packets", {f"{FIRST}.securityContext.capabilities.add": ["NET_RAW"]}),
    on(DATABASE, "capabilities", "nothing dropped", remove=[f"{FIRST}.securityContext.capabilities"]),
    on(AUTH, "image-digest", "an image by tag", {f"{FIRST}.image": "registry.example/auth:latest"}),
    on(AUTH, "image-pull", "an image that is never pulled", {f"{FIRST}.imagePullPolicy": "Never"}),
    on(AUTH, "requests", "no CPU asked for", remove=[f"{FIRST}.resources.requests.cpu"]),
    on(DATABASE, "memory-limit", "no limit of memory", remove=[f"{FIRST}.resources.limits"]),
    on(AUTH, "readiness-probe", "never said to be ready", remove=[f"{FIRST}.readinessProbe"]),
    on(AUTH, "liveness-probe", "hangs for ever", remove=[f"{FIRST}.livenessProbe"]),
    on(DATABASE, "startup-probe", "no time to start", remove=[f"{FIRST}.startupProbe"]),
    on(AUTH, "host-ports", "a port of the node", {f"{FIRST}.ports[0].hostPort": 8080}),
    on(AUTH, "secrets-as-files", "a password as a value", {f"{FIRST}.env[0]": {"name": "PASSWORD", "value": SECRET}}),
    on(
        AUTH, "secrets-as-files", "a password by reference",
        {f"{FIRST}.env[0]": {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "auth", "key": "staff_password"}}}},
    ),
    on(AUTH, "secrets-as-files", "a whole Secret", {f"{FIRST}.envFrom": [{"secretRef": {"name": "auth"}}]}),
]  # fmt: skip
PODS: Final = [
    on(AUTH, "non-root", "may be root", remove=[f"{POD}.securityContext.runAsNonRoot"]),
    on(AUTH, "non-root", "is root", {f"{FIRST}.securityContext.runAsUser": 0}),
    on(AUTH, "seccomp", "no seccomp profile", {f"{POD}.securityContext.seccompProfile": {"type": "Unconfined"}}),
    on(AUTH, "host-namespaces", "the node's network", {f"{POD}.hostNetwork": True}),
    on(AUTH, "host-paths", "the node's files", {f"{POD}.volumes[2]": {"name": "n", "hostPath": {"path": "/"}}}),
    on(AUTH, "scratch-size", "endless scratch", {f"{POD}.volumes[0].emptyDir": {}}),
    on(AUTH, "no-token", "a token in the pod", {f"{POD}.automountServiceAccountToken": True}),
    on(
        "kubernetes:core/v1:ServiceAccount auth-account", "no-token", "an account with a token",
        remove=["automountServiceAccountToken"],
    ),
    on(AUTH, "own-account", "everybody's account", remove=[f"{POD}.serviceAccountName"]),
    on(AUTH, "own-account", "an account of nobody's", {f"{POD}.serviceAccountName": "nobody"}),
    on(AUTH, "priority", "the cluster's priority", {f"{POD}.priorityClassName": "system-node-critical"}),
    on(AUTH, "graceful-end", "no time to end", {f"{POD}.terminationGracePeriodSeconds": 20}),
    on(AUTH, "graceful-end", "no pause before the end", remove=[f"{FIRST}.lifecycle"]),
    on(AUTH, "spread", "all on one node", remove=[f"{POD}.topologySpreadConstraints[1]"]),
    on(AUTH, "selector", "pods it does not find", {"spec.selector.matchLabels": {"app.kubernetes.io/name": "other"}}),
    more("default-namespace", "no namespace", "kubernetes:core/v1:ConfigMap", data={}),
    by("autoscaler-range", "one pod", services__auth__replicas={"min": 1, "max": 4, "cpu": 70}),
    by("autoscaler-range", "no room to grow", services__auth__replicas={"min": 3, "max": 3, "cpu": 70}),
    on("kubernetes:autoscaling/v2:HorizontalPodAutoscaler auth-autoscaler", "autoscaler", "no autoscaler", remove=["*"],
       finds=AUTH),
    on(BUDGET, "disruption-budget", "no budget", remove=["*"], finds=AUTH),
    on(BUDGET, "disruption-room", "no room", {"spec.maxUnavailable": 0}),
    on(BUDGET, "disruption-room", "all may go",
       {"spec.maxUnavailable": "100%"}),
]  # fmt: skip
STORAGE: Final = [
    more(
        "database-members", "a database of one", "kubernetes:apps/v1:StatefulSet",
        metadata={"name": "added", "namespace": "database"},
        spec={"replicas": 1, "template": UNKNOWN, "selector": UNKNOWN},
    ),
    on(
        DATABASE, "volume-retention", "data that goes with its pods",
        {"spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}},
    ),
    more("storage-retained", "a disk that goes with its claim", "kubernetes:storage.k8s.io/v1:StorageClass",
         metadata={"name": "added"}, parameters=UNKNOWN, provisioner="pd.csi.storage.gke.io"),
]  # fmt: skip
NETWORK: Final = [
    on(
        "kubernetes:core/v1:Namespace shop", "namespace-restricted", "a weaker standard",
        {"metadata.labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
    ),
    on(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy shop-deny", "default-deny", "egress is open",
        {"spec.policyTypes": ["Ingress"]}, finds="kubernetes:core/v1:Namespace shop",
    ),
    on(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy auth-policy", "network-policy", "no policy of its own",
        remove=["*"], finds=AUTH,
    ),
    more("ingress-sources", "in from everywhere", "kubernetes:networking.k8s.io/v1:NetworkPolicy",
         **policy("shop", policyTypes=["Ingress"], ingress=[{"ports": [{"port": 27017}]}])),
    by("ingress-sources", "the load balancer is the whole world", edge__proxyRanges=["0.0.0.0/0"]),
    more("egress-destinations", "out to everywhere", "kubernetes:networking.k8s.io/v1:NetworkPolicy",
         **policy("shop", policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])),
    by("egress-destinations", "names are asked of everybody", kubernetes__dns={"pods": [], "ranges": ["0.0.0.0/0"]}),
    on(SERVICE, "service-type", "a second way in", {"spec.type": "LoadBalancer"}),
    on("kubernetes:core/v1:Service mongodb-service", "service-type", "a port of every node", {"spec.type": "NodePort"}),
    on(SERVICE, "service-target", "a port nobody has",
       {"spec.ports[0].targetPort": "web"}),
    on(SERVICE, "service-target", "pods nobody has",
       {"spec.selector": {"app.kubernetes.io/name": "other"}}),
]  # fmt: skip
EDGE: Final = [
    on(
        ROUTE, "gateway-tls", "served without TLS",
        {"spec.parentRefs": [{"name": "atm-prod-edge", "namespace": "edge", "sectionName": "http"}]}, finds=GATEWAY,
    ),
    on(GATEWAY, "gateway-certificate", "no certificate", {"metadata.annotations": {}}),
    on("kubernetes:networking.gke.io/v1:GCPGatewayPolicy gateway-policy", "gateway-tls-policy", "outdated TLS",
       remove=["spec.default.sslPolicy"], finds=GATEWAY),
    on(GATEWAY, "gateway-routes", "routes from anywhere",
       {"spec.listeners[0].allowedRoutes.namespaces": {"from": "All"}}),
    on(ROUTE, "route-parent", "another's Gateway",
       {"spec.parentRefs": [{"name": "other", "namespace": "edge", "sectionName": "https"}]}),
    on("kubernetes:networking.gke.io/v1:HealthCheckPolicy auth-health", "health-check", "health asked of /",
       remove=["*"], finds=SERVICE),
    on(BACKEND, "backend-policy", "no policy of the backend",
       remove=["*"], finds=SERVICE),
    on(BACKEND, "backend-armor", "no Cloud Armor",
       remove=["spec.default.securityPolicy"]),
]  # fmt: skip
ROLES: Final = [
    more("role-wildcards", "every verb", f"{RBAC}:Role", **role(verbs=["*"], resources=["pods"])),
    more("role-secrets", "reads all Secrets", f"{RBAC}:Role", **role(verbs=["list"], resources=["secrets"])),
    more("role-escalation", "gives itself rights", f"{RBAC}:Role", **role(verbs=["escalate"], resources=["roles"])),
    more(
        "role-bindings", "an administrator", f"{RBAC}:ClusterRoleBinding", metadata={"name": "added"},
        roleRef={"name": "cluster-admin"}, subjects=[{"kind": "ServiceAccount", "name": "auth", "namespace": "shop"}],
    ),
    more(
        "role-bindings", "a right of everybody's", f"{RBAC}:RoleBinding",
        metadata={"name": "added", "namespace": "shop"}, roleRef={"name": "view"},
        subjects=[{"kind": "Group", "name": "system:authenticated"}],
    ),
]  # fmt: skip
SEEDS: Final[list[Seed]] = [*CONTAINERS, *PODS, *STORAGE, *NETWORK, *EDGE, *ROLES]
