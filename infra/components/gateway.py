"""Where requests from outside come in.

Owns: the Gateway, and what its proxies may talk to when they run in its namespace. Who serves it, its class says: a
load balancer on GKE, Envoy pods on the local cluster. Routes belong to the services they lead to; only those in the
services' namespace may attach.

Deliberately not here: the implementation and its namespace, which belong to the cluster.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from infra.components import network
from infra.components.base import Component, metadata
from infra.naming import Naming, logical
from infra.settings_models import EdgeSettings, ProxySettings

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import NetworkPolicySpecArgsDict

API: Final = "gateway.networking.k8s.io/v1"
LISTENER: Final = "http"


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


class Gateway(Component):
    """The edge of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:edge:Gateway"

    name: pulumi.Output[str]
    """Name a route attaches to; known once the implementation has programmed the Gateway."""
    namespace: pulumi.Output[str]
    """Namespace a route has to name."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
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
        gateway = CustomResource(
            name,
            api_version=API,
            kind="Gateway",
            metadata=metadata(
                args.names.physical("edge", "gateway"),
                args.namespace,
                args.names.labels("edge"),
                # The provider knows no Gateways and would not wait; a route that waits for nothing answers nothing.
                {"pulumi.com/waitFor": "condition=Programmed"},
            ),
            spec={
                "gatewayClassName": args.settings.gateway_class,
                "listeners": [
                    {
                        "name": LISTENER,
                        "protocol": "HTTP",
                        "port": args.settings.port,
                        "allowedRoutes": {
                            "kinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
                            "namespaces": {
                                "from": "Selector",
                                "selector": {"matchLabels": {network.NAMESPACE_LABEL: args.routes_namespace}},
                            },
                        },
                    }
                ],
            },
            # Not programmed before its proxies have reached their controller.
            opts=self.child(depends_on=opened),
        )
        self.namespace = gateway.id.apply(lambda known: known.split("/")[0])
        self.name = gateway.id.apply(lambda known: known.split("/")[1])
        self.register_outputs({"name": self.name, "namespace": self.namespace})


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
