"""Who collects the metrics of the services' pods, where Google's managed Prometheus does.

Owns: the one PodMonitoring that tells its collectors which pods to ask, and on which port.

Deliberately not here: the collectors, which are the cluster's; the way to the pods, which their NetworkPolicies open to
the collectors' namespace (setting namespaces.monitoring); what is made of the metrics.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from infra.components.base import Component, metadata
from infra.naming import NAME_LABEL, Naming

INTERVAL: Final = "60s"
"""Time between two samples. They are charged by number; alerts look at minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsArgs:
    """Inputs of Metrics."""

    names: Naming
    """Names of the stack."""
    namespace: pulumi.Input[str]
    """Namespace of the services. Source: Namespace.name."""
    services: tuple[str, ...]
    """Services whose pods are asked."""


class Metrics(Component):
    """Collection of the services' metrics."""

    TYPE: ClassVar[str] = "a-tu-mano:kubernetes:Metrics"

    def __init__(self, name: str, args: MetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        CustomResource(
            name,
            api_version="monitoring.googleapis.com/v1",
            kind="PodMonitoring",
            metadata=metadata("services", args.namespace, args.names.labels("metrics")),
            spec={
                "selector": {
                    "matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": sorted(args.services)}]
                },
                "endpoints": [{"port": "metrics", "interval": INTERVAL}],
                # By service, not by pod: the name of a pod says nothing after it is gone.
                "targetLabels": {"fromPod": [{"from": NAME_LABEL, "to": "service"}]},
            },
            opts=self.child(),
        )
        self.register_outputs({})
