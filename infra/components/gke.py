"""Building blocks of the policies that GKE's Gateway controller reads: what its load balancer does beyond routing.

Each policy aims at one object of its own namespace, and the controller tells with the condition `Attached` that the
load balancer took it. It does so only for what a Gateway leads to, so a policy is made after its route; the load
balancer itself needs minutes to begin, a policy seconds to follow.

Source: googlecloudplatform.github.io/gke-gateway-api, cloud.google.com/kubernetes-engine/docs/how-to/
configure-gateway-resources.
"""

from typing import Any, Final, Protocol

import pulumi

from infra.components import service_pod

API: Final = "networking.gke.io/v1"
ATTACHED: Final = {"pulumi.com/waitFor": "condition=Attached"}
"""Annotation of a policy: the provider knows no such kind and would not wait."""
TIMEOUTS: Final = pulumi.CustomTimeouts(create="20m", update="20m", delete="20m")
"""What a load balancer may take to be made, changed or removed, before the engine calls it a failure."""
REQUEST_SECONDS: Final = 15
"""Time a request may take."""
_DRAINING_SECONDS: Final = service_pod.TERMINATION_SECONDS + 15
"""Time requests of a pod that goes may take to end: longer than the pod itself takes."""
_EVERY_REQUEST: Final = 1_000_000
"""Share of requests that are logged, in millionths: what Cloud Armor refused, and why, is told only there."""


class LoadBalancer(Protocol):
    """What GKE's load balancer is given; Edge is one. A protocol, so that a stack without GCP loads no SDK for it."""

    domain: str
    """Domain of the shop."""
    address_name: pulumi.Output[str]
    """Name of its static address."""
    certificate_map: pulumi.Output[str]
    """Name of the map of its certificates."""
    ssl_policy: pulumi.Output[str]
    """Name of its policy of TLS versions."""
    security_policy: pulumi.Output[str] | None
    """Name of the Cloud Armor policy of its services; None without Cloud Armor."""


def gateway_policy(gateway: str, ssl_policy: pulumi.Input[str]) -> dict[str, Any]:
    """Spec of the GCPGatewayPolicy of a Gateway."""
    return {
        "default": {"sslPolicy": ssl_policy, "allowGlobalAccess": False},
        "targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway},
    }


def health_check_policy(service: str, port: int) -> dict[str, Any]:
    """Spec of the HealthCheckPolicy of a service; without one, GKE asks for `/`.

    It asks `/readyz`, as the readiness probe does and as often. GKE tells the load balancer of pods that are not ready
    too, so this alone decides which pod gets requests: `/healthz` would give them to one that is still starting.
    """
    return {
        "default": {
            "checkIntervalSec": 5,
            "timeoutSec": 3,
            "healthyThreshold": 1,
            "unhealthyThreshold": 2,
            "logConfig": {"enabled": True},
            "config": {
                "type": "HTTP",
                "httpHealthCheck": {"portSpecification": "USE_FIXED_PORT", "port": port, "requestPath": "/readyz"},
            },
        },
        "targetRef": _service(service),
    }


def backend_policy(service: str, security_policy: pulumi.Input[str] | None) -> dict[str, Any]:
    """Spec of the GCPBackendPolicy of a service."""
    return {
        "default": {
            "timeoutSec": REQUEST_SECONDS,
            "connectionDraining": {"drainingTimeoutSec": _DRAINING_SECONDS},
            **({} if security_policy is None else {"securityPolicy": security_policy}),
            "logging": {"enabled": True, "sampleRate": _EVERY_REQUEST},
        },
        "targetRef": _service(service),
    }


def _service(name: str) -> dict[str, str]:
    return {"group": "", "kind": "Service", "name": name}
