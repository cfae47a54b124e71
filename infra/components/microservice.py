"""A service: everything that runs it, finds it, bounds it and lets it through, from one block of settings.

Owns: the account (without a token), the Secret, the Deployment, the Service, the autoscaler, the disruption budget, the
network policy and the route; on GKE also how its load balancer asks for its health and protects it. Its name in the
settings is its name in the cluster.

The autoscaler alone decides how many pods run after the first start; see `_deployment`.

Deliberately not here: the image (built and pushed elsewhere), and who may call whom, which the composition knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
from pulumi_kubernetes.core.v1 import Secret, Service, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from infra.components import gateway, gke, service_pod
from infra.components.base import NO_WAIT, Component, metadata
from infra.components.service_network import Neighbours, policy
from infra.naming import NAME_LABEL, Naming, logical
from infra.settings_images import Image
from infra.settings_models import ServiceSettings

if TYPE_CHECKING:
    from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscalerSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

SERVICE_PORT = 80
"""Port a service is reached on inside the cluster, whatever port its container has."""
_ROLLOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class MicroserviceArgs:
    """Inputs of Microservice."""

    names: Naming
    """Names of the stack."""
    settings: ServiceSettings
    """The service's block of settings."""
    image: Image
    """What its containers run."""
    namespace: pulumi.Input[str]
    """Namespace it runs in. Source: Namespace.name."""
    secrets: Mapping[str, pulumi.Input[str]]
    """Content of each secret file, by file name. Source: Credentials.value, Database.uris."""
    secrets_version: pulumi.Input[str]
    """Changes when one of the secrets does; pods are replaced then. Source: Credentials.version."""
    neighbours: Neighbours
    """Who reaches the service, and whom it reaches."""
    gateway: gateway.Gateway
    """What its route attaches to."""
    public_url: str
    """Where a browser reaches the shop, without a path."""


class Microservice(Component):
    """One service of the shop."""

    TYPE: ClassVar[str] = "a-tu-mano:kubernetes:Microservice"

    endpoint: pulumi.Output[str]
    """Public URL of the service; known once its pods are ready and its route is accepted."""
    url_internal: str
    """URL other services of the namespace call."""

    def __init__(self, name: str, args: MicroserviceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        labels = args.names.labels(name)
        meta = metadata(name, args.namespace, labels)
        selector = {NAME_LABEL: name}

        account = ServiceAccount(
            logical(name, "account"), metadata=meta, automount_service_account_token=False, opts=self.child()
        )
        secret = Secret(logical(name, "secrets"), metadata=meta, string_data=args.secrets, opts=self.child())
        traffic = NetworkPolicy(
            logical(name, "policy"),
            metadata=meta,
            spec=policy(name, args.settings, args.neighbours),
            opts=self.child(),
        )
        deployment = self._deployment(name, args, meta, [account, secret, traffic])
        address = Service(
            logical(name, "service"),
            metadata=metadata(name, args.namespace, labels, NO_WAIT),
            spec={
                "selector": selector,
                "ports": [{"name": "http", "port": SERVICE_PORT, "target_port": "http"}],
            },
            opts=self.child(),
        )
        HorizontalPodAutoscaler(
            logical(name, "autoscaler"), metadata=meta, spec=_autoscaling(name, args.settings), opts=self.child()
        )
        PodDisruptionBudget(
            logical(name, "budget"),
            metadata=meta,
            # AlwaysAllow: a pod that never got ready must not keep a node from being drained.
            spec={
                "selector": {"match_labels": selector},
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=self.child(),
        )
        route = self._route(name, args, labels)

        policies = self._on_gke(name, args, labels, route)

        self.url_internal = f"http://{name}"
        url = f"{args.public_url}{args.settings.path}"
        ready = [deployment.id, address.id, route.id, *(policy.id for policy in policies)]
        self.endpoint = pulumi.Output.all(*ready).apply(lambda _: url)
        self.register_outputs({"endpoint": self.endpoint, "urlInternal": self.url_internal})

    def _deployment(
        self, name: str, args: MicroserviceArgs, meta: "ObjectMetaArgsDict", needs: list[pulumi.Resource]
    ) -> Deployment:
        return Deployment(
            name,
            metadata=meta,
            spec={
                "replicas": args.settings.replicas.min,
                "revision_history_limit": 3,
                "progress_deadline_seconds": _ROLLOUT_SECONDS,
                "selector": {"match_labels": {NAME_LABEL: name}},
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}},
                "template": {
                    "metadata": {
                        "labels": args.names.labels(name),
                        "annotations": {"a-tu-mano/secrets": args.secrets_version},
                    },
                    "spec": service_pod.spec(name, args.settings, args.image, args.names.stack, args.public_url),
                },
            },
            # The first start has `min` pods at once; from then on the autoscaler owns the number, and an update of
            # anything else must not take its pods away.
            opts=self.child(
                ignore_changes=["spec.replicas"],
                depends_on=needs,
                # Pods change one by one, and behind GKE's load balancer each also waits for its health check.
                custom_timeouts=gke.TIMEOUTS if args.gateway.edge else None,
            ),
        )

    def _route(self, name: str, args: MicroserviceArgs, labels: Mapping[str, str]) -> CustomResource:
        return CustomResource(
            logical(name, "route"),
            api_version=gateway.API,
            kind="HTTPRoute",
            metadata=metadata(name, args.namespace, labels, gateway.ACCEPTED),
            spec=_route(name, args),
            opts=self.child(custom_timeouts=gke.TIMEOUTS if args.gateway.edge else None),
        )

    def _on_gke(
        self, name: str, args: MicroserviceArgs, labels: Mapping[str, str], route: CustomResource
    ) -> list[CustomResource]:
        """Policies of GKE's load balancer, where there is one."""
        edge = args.gateway.edge
        if edge is None:
            return []
        specs = {
            "health": ("HealthCheckPolicy", gke.health_check_policy(name, args.settings.port)),
            "backend": ("GCPBackendPolicy", gke.backend_policy(name, edge.security_policy)),
        }
        return [
            CustomResource(
                logical(name, role),
                api_version=gke.API,
                kind=kind,
                metadata=metadata(name, args.namespace, labels, gke.ATTACHED),
                spec=spec,
                opts=self.child(depends_on=[route], custom_timeouts=gke.TIMEOUTS),
            )
            for role, (kind, spec) in specs.items()
        ]


def _route(name: str, args: MicroserviceArgs) -> dict[str, Any]:
    edge = args.gateway.edge
    rule: dict[str, Any] = {
        "matches": [{"path": {"type": "PathPrefix", "value": args.settings.path}}],
        "backendRefs": [{"name": name, "port": SERVICE_PORT}],
    }
    if edge is None:
        # GKE refuses a route with this; there the service's GCPBackendPolicy says it.
        rule["timeouts"] = {"request": f"{gke.REQUEST_SECONDS}s"}
    return {
        **({"hostnames": [edge.domain]} if edge else {}),
        "parentRefs": [
            {
                "name": args.gateway.name,
                "namespace": args.gateway.namespace,
                "sectionName": args.gateway.listener,
            }
        ],
        "rules": [rule],
    }


def _autoscaling(name: str, settings: ServiceSettings) -> "HorizontalPodAutoscalerSpecArgsDict":
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": name},
        "min_replicas": settings.replicas.min,
        "max_replicas": settings.replicas.max,
        "metrics": [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "average_utilization": settings.replicas.cpu},
                },
            }
        ],
    }
