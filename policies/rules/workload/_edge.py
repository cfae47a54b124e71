"""What rules read of the edge: Gateways, routes, the Services they lead to, and the policies that aim at both."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource, UnknownValueError
from policies.model import Violation
from policies.rules._reading import each
from policies.rules.workload._pods import SERVICE, named, namespace
from policies.rules.workload._selecting import Aims

GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ROUTE: Final = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
GATEWAY_POLICY: Final = "kubernetes:networking.gke.io/v1:GCPGatewayPolicy"
HEALTH_POLICY: Final = "kubernetes:networking.gke.io/v1:HealthCheckPolicy"
BACKEND_POLICY: Final = "kubernetes:networking.gke.io/v1:GCPBackendPolicy"
_GKE: Final = "gke-l7-"
"""What the names of GKE's classes begin with. Source: cloud.google.com/kubernetes-engine/docs/concepts/gateway-api."""


def is_gke(gateway: Resource) -> bool:
    """Whether GKE makes a load balancer for it."""
    return str(gateway.get("spec.gatewayClassName", "")).startswith(_GKE)


def may_be_gke(gateway: Resource) -> bool:
    """The same; also where its class is not known yet."""
    try:
        return is_gke(gateway)
    except UnknownValueError:
        return True


def parent(route: Resource, path: str) -> tuple[str, str, str | None]:
    """Namespace, name and listener of the Gateway that a reference of a route names; a Service is no Gateway."""
    kind = route.get(f"{path}.kind", "Gateway")
    where = route.get(f"{path}.namespace", namespace(route))
    return where, f"{'' if kind == 'Gateway' else kind}{route.get(f'{path}.name')}", route.get(f"{path}.sectionName")


def attached(capture: Capture, gateway: Resource, listener: str) -> list[Resource]:
    """The routes on a listener; one that names no listener is on all."""
    own = (namespace(gateway), named(gateway))
    return [
        route
        for route in capture.of(ROUTE)
        for path in each(route, "spec.parentRefs")
        if parent(route, path) in {(*own, listener), (*own, None)}
    ]


def exposed(capture: Capture) -> list[Resource]:
    """The Services that routes of GKE's Gateways lead to."""
    gateways = {(namespace(gateway), named(gateway)) for gateway in capture.of(GATEWAY) if is_gke(gateway)}
    led = {
        (route.get(f"{backend}.namespace", namespace(route)), route.get(f"{backend}.name"))
        for route in capture.of(ROUTE)
        if any(parent(route, path)[:2] in gateways for path in each(route, "spec.parentRefs"))
        for rule in each(route, "spec.rules")
        for backend in each(route, f"{rule}.backendRefs")
    }
    return [service for service in capture.of(SERVICE) if (namespace(service), named(service)) in led]


def may_be_exposed(capture: Capture) -> list[Resource]:
    """The same; all Services where it is not known yet."""
    try:
        return exposed(capture)
    except UnknownValueError:
        return capture.of(SERVICE)


def one_policy_each(capture: Capture, kind: str) -> Iterator[Violation]:
    """Each Service that a route of GKE's Gateway leads to, and that not exactly one policy of the kind aims at."""
    policies = Aims(capture, kind, "spec.targetRef")
    for service in exposed(capture):
        if len(found := policies.at(service)) != 1:
            message = f"{len(found)} of {kind.rpartition(':')[2]} aim at {named(service)}; one has to."
            yield Violation(message, resource=service)
