"""What may flow to and from a service; everything else is denied by its namespace."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.components import database, network
from infra.naming import NAME_LABEL
from infra.settings_models import EdgeSettings, NamespaceSettings, ServiceSettings

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import (
        NetworkPolicyEgressRuleArgsDict,
        NetworkPolicyIngressRuleArgsDict,
        NetworkPolicySpecArgsDict,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """Who reaches a service, and whom it reaches."""

    namespaces: NamespaceSettings
    """Namespaces of the stack."""
    edge: EdgeSettings
    """Who passes on requests from outside."""
    callers: tuple[str, ...]
    """Services that call this one, sorted."""
    callees: tuple[tuple[str, int], ...]
    """Services this one calls, sorted, each with the port of its container: policies see pods, not Services."""


def policy(name: str, settings: ServiceSettings, around: Neighbours) -> "NetworkPolicySpecArgsDict":
    """NetworkPolicy of service `name`, both directions."""
    return {
        "pod_selector": {"match_labels": {NAME_LABEL: name}},
        "policy_types": ["Ingress", "Egress"],
        "ingress": _ingress(settings, around),
        "egress": _egress(settings, around),
    }


def _ingress(settings: ServiceSettings, around: Neighbours) -> "list[NetworkPolicyIngressRuleArgsDict]":
    proxies = [network.namespace(around.edge.proxies.namespace)] if around.edge.proxies else []
    return [
        {
            "from_": [
                *proxies,
                *network.ranges(around.edge.proxy_ranges),
                *network.services(around.namespaces.services, around.callers),
            ],
            "ports": network.tcp(settings.port),
        },
        {"from_": [network.namespace(around.namespaces.monitoring)], "ports": network.tcp(settings.metrics_port)},
    ]


def _egress(settings: ServiceSettings, around: Neighbours) -> "list[NetworkPolicyEgressRuleArgsDict]":
    rules: list[NetworkPolicyEgressRuleArgsDict] = [
        {"to": network.services(around.namespaces.services, [callee]), "ports": network.tcp(port)}
        for callee, port in around.callees
    ]
    if settings.database:
        server = network.pods(around.namespaces.database, {NAME_LABEL: database.HOST})
        rules.append({"to": [server], "ports": network.tcp(database.PORT)})
    return rules
