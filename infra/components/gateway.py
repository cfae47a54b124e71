"""Where requests from outside come in.

Owns: the Gateway, and what its proxies may talk to when they run in its namespace. Who serves it, its class says: a
load balancer on GKE, Envoy pods on the local cluster. Routes belong to the services they lead to; only those in the
services' namespace may attach.

On GKE it listens on HTTPS with the certificates of Edge, and on HTTP only to send browsers there.

Deliberately not here: the implementation and its namespace, which belong to the cluster.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from infra.components import gke, network
from infra.components.base import Component, metadata
from infra.naming import Naming, logical
from infra.settings_models import EdgeSettings, ProxySettings

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import NetworkPolicySpecArgsDict

API: Final = "gateway.networking.k8s.io/v1"
ACCEPTED: Final = {"pulumi.com/waitFor": 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'}
"""Annotation of a route: the provider knows no HTTPRoutes and would not wait for a listener to take it."""
_HTTP: Final = "http"
_HTTPS: Final = "https"


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayArgs:
    """Inputs of Gateway."""

    names: Naming
    """Names of the stack."""
    settings: EdgeSettings
    """Class, port and address of the edge."""
    namespace: pulumi.Input[str]
    """Namespace of the Gateway. Source: Namespace.name."""
    own_namespace: str
    """Name of that namespace, known before it exists."""
    routes_namespace: str
    """The one namespace whose HTTPRoutes may attach."""
    routes_ports: tuple[int, ...]
    """Container ports of the services there, sorted, each once."""
    edge: gke.LoadBalancer | None = None
    """Address, certificate and protection of the load balancer; None where GKE does not make it."""


class Gateway(Component):
    """The edge of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:edge:Gateway"

    name: pulumi.Output[str]
    """Name a route attaches to; known once the implementation has programmed the Gateway and taken its policy."""
    namespace: pulumi.Output[str]
    """Namespace a route has to name."""
    listener: str
    """Section of the Gateway that services' routes attach to."""
    edge: gke.LoadBalancer | None
    """What GKE's load balancer is given; None where there is none."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.edge = args.edge
        self.listener = _HTTPS if args.edge else _HTTP
        proxies = args.settings.proxies
        opened = []
        if proxies is not None and proxies.namespace == args.own_namespace:
            opened.append(
                NetworkPolicy(
                    logical(name, "proxies"),
                    metadata=metadata("proxies", args.namespace, args.names.labels("edge")),
                    spec=_proxies(proxies, args),
                    opts=self.child(),
                )
            )
        own = args.names.physical("edge", "gateway")
        # The provider knows no Gateways and would not wait; a route that waits for nothing answers nothing.
        annotations: dict[str, pulumi.Input[str]] = {"pulumi.com/waitFor": "condition=Programmed"}
        if args.edge:
            annotations["networking.gke.io/certmap"] = args.edge.certificate_map
        gateway = CustomResource(
            name,
            api_version=API,
            kind="Gateway",
            metadata=metadata(own, args.namespace, args.names.labels("edge"), annotations),
            spec=_gateway(args),
            # Not programmed before its proxies have reached their controller.
            opts=self.child(depends_on=opened, custom_timeouts=gke.TIMEOUTS if args.edge else None),
        )
        ready = self._on_gke(name, own, args, args.edge, gateway) if args.edge else []
        known = pulumi.Output.all(gateway.id, *(resource.id for resource in ready))
        self.namespace = known.apply(lambda ids: ids[0].split("/")[0])
        self.name = known.apply(lambda ids: ids[0].split("/")[1])
        self.register_outputs({"name": self.name, "namespace": self.namespace})

    def _on_gke(
        self, name: str, own: str, args: GatewayArgs, edge: gke.LoadBalancer, gateway: CustomResource
    ) -> list[CustomResource]:
        """What the Gateway is not complete without there."""
        labels = args.names.labels("edge")
        policy = CustomResource(
            logical(name, "policy"),
            api_version=gke.API,
            kind="GCPGatewayPolicy",
            metadata=metadata(own, args.namespace, labels, gke.ATTACHED),
            spec=gke.gateway_policy(own, edge.ssl_policy),
            opts=self.child(depends_on=[gateway], custom_timeouts=gke.TIMEOUTS),
        )
        redirect = CustomResource(
            logical(name, "redirect"),
            api_version=API,
            kind="HTTPRoute",
            metadata=metadata("https", args.namespace, labels, ACCEPTED),
            spec={
                "hostnames": [edge.domain],
                "parentRefs": [{"name": own, "sectionName": _HTTP}],
                "rules": [
                    {
                        "filters": [
                            {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
                        ]
                    }
                ],
            },
            opts=self.child(depends_on=[gateway], custom_timeouts=gke.TIMEOUTS),
        )
        return [policy, redirect]


def _gateway(args: GatewayArgs) -> dict[str, Any]:
    services = {
        "from": "Selector",
        "selector": {"matchLabels": {network.NAMESPACE_LABEL: args.routes_namespace}},
    }
    if args.edge is None:
        return {
            "gatewayClassName": args.settings.gateway_class,
            "listeners": [_listener(_HTTP, args.settings.port, services)],
        }
    return {
        "gatewayClassName": args.settings.gateway_class,
        "addresses": [{"type": "NamedAddress", "value": args.edge.address_name}],
        # No block `tls`: the certificates are in the map that the annotation names, and GKE takes one or the other.
        "listeners": [
            _listener(_HTTPS, 443, services),
            # The Gateway's own namespace alone: no service can be reached without TLS.
            _listener(_HTTP, args.settings.port, {"from": "Same"}),
        ],
    }


def _listener(name: str, port: int, namespaces: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "protocol": name.upper(),
        "port": port,
        "allowedRoutes": {
            "kinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
            "namespaces": namespaces,
        },
    }


def _proxies(proxies: ProxySettings, args: GatewayArgs) -> "NetworkPolicySpecArgsDict":
    return {
        "pod_selector": {},
        "policy_types": ["Ingress", "Egress"],
        # From everywhere: this is where requests from outside come in.
        "ingress": [{"ports": network.tcp(proxies.port)}],
        "egress": [
            {"to": [network.namespace(proxies.controller)], "ports": network.tcp(proxies.controller_port)},
            {
                "to": [network.namespace(args.routes_namespace)],
                "ports": [port for number in args.routes_ports for port in network.tcp(number)],
            },
        ],
    }
