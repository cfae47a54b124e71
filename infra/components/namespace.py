"""A namespace in which nothing is allowed that nobody asked for.

Owns: the namespace with Pod Security `restricted` enforced, a policy that denies all traffic in and out, and one that
lets pods ask the cluster's DNS. What else may flow, the components inside say with policies of their own.

Deliberately not here: a ResourceQuota (the stack's own settings bound its pods, and a quota would refuse the extra pod
of a rolling update at the worst moment) and a LimitRange (every container of ours names its resources).
"""

from dataclasses import dataclass, field
from typing import ClassVar

import pulumi
from pulumi_kubernetes.core.v1 import Namespace as KubernetesNamespace
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from infra.components import network
from infra.components.base import Component, metadata
from infra.naming import Naming, logical
from infra.settings_models import DnsSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class NamespaceArgs:
    """Inputs of Namespace."""

    names: Naming
    """Names of the stack."""
    name: str
    """Name in the cluster, e.g. "shop"."""
    pod_security: str
    """Version of the `restricted` standard, e.g. "v1.36"."""
    dns: DnsSettings = field(default_factory=DnsSettings)
    """Who answers pods that ask for a name."""


class Namespace(Component):
    """A namespace held to `restricted`, closed to traffic but for DNS."""

    TYPE: ClassVar[str] = "a-tu-mano:kubernetes:Namespace"

    name: pulumi.Output[str]
    """Its name; known once traffic inside is closed, so that nothing starts in it before."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        labels = args.names.labels(args.name)
        standard = {
            f"pod-security.kubernetes.io/{mode}{suffix}": value
            for mode in ("enforce", "audit", "warn")
            for suffix, value in (("", "restricted"), ("-version", args.pod_security))
        }
        namespace = KubernetesNamespace(name, metadata=metadata(args.name, None, labels | standard), opts=self.child())
        inside = namespace.metadata["name"]
        closed = NetworkPolicy(
            logical(name, "deny"),
            metadata=metadata("deny-all", inside, labels),
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=self.child(),
        )
        dns = NetworkPolicy(
            logical(name, "dns"),
            metadata=metadata("allow-dns", inside, labels),
            spec={
                "pod_selector": {},
                "policy_types": ["Egress"],
                "egress": [
                    {
                        "to": [
                            *(network.pods("kube-system", {"k8s-app": app}) for app in args.dns.pods),
                            *network.ranges(args.dns.ranges),
                        ],
                        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
                    }
                ],
            },
            opts=self.child(),
        )
        self.name = pulumi.Output.all(inside, closed.id, dns.id).apply(lambda known: str(known[0]))
        self.register_outputs({"name": self.name})
