"""The settings of a stack as sections of named types; `settings` reads them."""

from pydantic import Field

from infra import settings_types as types
from infra.settings_gcp import GcpSettings
from infra.settings_section import Section


class DnsSettings(Section):
    """Who answers pods that ask for a name, all on port 53; at least one is required."""

    pods: tuple[types.DnsLabel, ...] = ("kube-dns",)
    """Pods of kube-system, by the value of their label k8s-app."""
    ranges: tuple[types.IpRange, ...] = ()
    """Addresses that are no pods', e.g. 169.254.20.10/32, the cache on each node."""


class KubernetesSettings(Section):
    """The cluster that takes the stack; which kubeconfig, the environment variable KUBECONFIG says."""

    context: types.Context = None
    """Context of the kubeconfig to use; null is the current one."""
    pod_security: types.KubernetesMinor = "v1.36"
    """Version of the Pod Security `restricted` standard every namespace is held to."""
    dns: DnsSettings = DnsSettings()


class NamespaceSettings(Section):
    """Namespaces of the stack."""

    services: types.DnsLabel = "shop"
    """Where the services run."""
    database: types.DnsLabel = "database"
    """Where the database runs."""
    edge: types.DnsLabel = "edge"
    """Where the Gateway is."""
    monitoring: types.DnsLabel = "monitoring"
    """The namespace whose pods may read metrics; it belongs to the cluster, not to the stack."""


class CredentialSettings(Section):
    """Where the root secret is, from which every credential is derived."""

    namespace: types.DnsLabel = "a-tu-mano-secrets"
    """Namespace of the Kubernetes Secret; `make up` creates both."""
    name: types.DnsLabel = "a-tu-mano-root"
    """Name of the Kubernetes Secret; its key is `root`, 32 random bytes in base64."""


class ProxySettings(Section):
    """Pods that pass requests on, where the Gateway's implementation runs inside the cluster."""

    namespace: types.DnsLabel
    """Namespace they run in: the Gateway's own, which the program then opens for them, or another one."""
    port: types.Port
    """Port they listen on for the Gateway's listener, e.g. 10080."""
    controller: types.DnsLabel
    """Namespace of the controller that configures them, e.g. envoy-gateway-system."""
    controller_port: types.Port
    """Port of that controller, e.g. 18000."""


class EdgeSettings(Section):
    """Where requests from outside come in."""

    gateway_class: types.DnsLabel
    """GatewayClass that serves the Gateway, e.g. envoy."""
    url: types.Url | None = None
    """Where a browser reaches the shop; required where `gcp` is null, https and gcp.edge.domain otherwise."""
    port: types.Port = 80
    """Port the Gateway listens on for HTTP; on GCP it also listens on 443."""
    proxies: ProxySettings | None = None
    """Pods that pass requests on; null where a load balancer outside the cluster does."""
    proxy_ranges: tuple[types.IpRange, ...] = ()
    """Addresses that pass requests on, where a load balancer outside the cluster does."""


class RequestAmounts(Section):
    """What a pod is promised; the autoscaler counts utilisation against the cpu named here."""

    cpu: types.Quantity
    """Cores, e.g. 50m."""
    memory: types.Quantity
    """Bytes, e.g. 128Mi."""


class LimitAmounts(Section):
    """What a pod may not exceed; no cpu limit by default, since it would throttle an idle node too."""

    cpu: types.Quantity | None = None
    """Cores, e.g. 500m."""
    memory: types.Quantity
    """Bytes, e.g. 256Mi."""


class ResourceSettings(Section):
    """Processor and memory of one pod."""

    requests: RequestAmounts
    limits: LimitAmounts


class DatabaseSettings(Section):
    """The database server all services with `database: true` share, each with a database and a user of its own."""

    engine: types.Engine
    """Which server runs, e.g. secantus."""
    storage: types.Quantity = "1Gi"
    """Size of the volume."""
    storage_class: types.DnsLabel | None = None
    """StorageClass of the volume; null is the cluster's default, and on GCP one with the stack's own key."""
    resources: ResourceSettings


class ReplicaSettings(Section):
    """How many pods of a service run; the autoscaler moves between min and max."""

    min: types.Replicas
    """Pods that run at least."""
    max: types.Replicas
    """Pods that run at most."""
    cpu: types.Percent = 70
    """Utilisation of the requested cpu the autoscaler aims at, in percent."""


class PageSettings(Section):
    """A page that anybody may read."""

    path: types.Path
    """Its path, e.g. "/products"."""
    content: types.PageText
    """What is written on it and on no error page."""


class ServiceSettings(Section):
    """One service."""

    path: types.Path
    """Path prefix the edge sends to the service; nothing is rewritten."""
    page: PageSettings | None = None
    """Page that checks from outside ask for on GCP; null is the path, and any answer but a server error is good."""
    port: types.ContainerPort = 8080
    """Port the container answers on; other services reach it on port 80."""
    metrics_port: types.ContainerPort = 9090
    """Port the container gives metrics on."""
    replicas: ReplicaSettings
    resources: ResourceSettings
    database: types.Switch = False
    """Whether the service has a database and a user of its own."""
    calls: tuple[types.ServiceName, ...] = ()
    """Services it may call; each gives it the environment variable <NAME>_URL."""
    secrets: tuple[types.SecretName, ...] = ()
    """Generated secrets it reads as files; services naming the same one share its value."""
    environment: dict[types.VariableName, types.VariableValue] = Field(default_factory=dict)
    """Further environment variables; never a secret."""


class ImageSettings(Section):
    """Where image references come from."""

    source: types.ImageSource = "settings"
    """Either "file", a JSON object in the file that A_TU_MANO_IMAGES names, or "settings", the references below."""
    tags: types.Switch = False
    """Whether a reference may end in a tag; a digest is required otherwise."""
    references: dict[types.ServiceName, types.ImageReference] = Field(default_factory=dict)
    """Image of each service and of `database`."""


class StackSettings(Section):
    """Everything one stack is told."""

    prefix: types.Prefix
    """First part of every name that is shared with other stacks."""
    gcp: GcpSettings | None = None
    """The GCP project of the stack; null where the cluster is one that KUBECONFIG leads to."""
    kubernetes: KubernetesSettings = KubernetesSettings()
    namespaces: NamespaceSettings = NamespaceSettings()
    credentials: CredentialSettings = CredentialSettings()
    edge: EdgeSettings
    database: DatabaseSettings
    images: ImageSettings = ImageSettings()
    services: dict[types.ServiceName, ServiceSettings]
    """The services, by name."""

    @property
    def public_url(self) -> str:
        """Where a browser reaches the shop, without a path."""
        return f"https://{self.gcp.edge.domain}" if self.gcp else str(self.edge.url)
