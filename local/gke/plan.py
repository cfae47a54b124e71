"""What the load balancer does: which requests go to which Services, and how their endpoints are checked.

A plan names Services; their endpoints change by themselves, so they are looked up apart (`endpoints`): on GKE, too,
they follow the pods while a Gateway that can't be translated keeps its last good rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.gke.world import SERVICE_LABEL, Object, World, key

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
DEFAULT_SECONDS: Final = 5
"""Interval and timeout of a health check that names none; source: API reference."""
DEFAULT_THRESHOLD: Final = 2
LOOPBACK: Final = "127.0.0.1"
"""Address of a Gateway that names none: the stand-in answers there."""
BACKEND_SECONDS: Final = 30
"""How long a backend may take to answer where no GCPBackendPolicy says otherwise; source: API reference."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A health check of endpoints by HTTP, as GKE makes it where no policy says otherwise: `/` has to answer 200."""

    path: str = "/"
    host: str = ""
    """Value of the header Host; empty for the endpoint's address."""
    port: int | None = None
    """Another port than the one requests go to."""
    response: str = ""
    """What the body has to contain; empty for nothing."""
    interval: int = DEFAULT_SECONDS
    timeout: int = DEFAULT_SECONDS
    healthy: int = DEFAULT_THRESHOLD
    unhealthy: int = DEFAULT_THRESHOLD
    chosen: bool = False
    """Whether a HealthCheckPolicy says so."""

    @classmethod
    def of(cls, policy: Object | None) -> "Check":
        """Read a HealthCheckPolicy; None is a Service that has none."""
        if policy is None:
            return cls()
        default: dict[str, Any] = policy["spec"].get("default", {})
        http: dict[str, Any] = default.get("config", {}).get("httpHealthCheck", {})
        return cls(
            path=http.get("requestPath") or "/",
            host=http.get("host", ""),
            port=http.get("port"),
            response=http.get("response", ""),
            interval=default.get("checkIntervalSec", DEFAULT_SECONDS),
            timeout=default.get("timeoutSec", DEFAULT_SECONDS),
            healthy=default.get("healthyThreshold", DEFAULT_THRESHOLD),
            unhealthy=default.get("unhealthyThreshold", DEFAULT_THRESHOLD),
            chosen=True,
        )


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One port of a Service: what Google calls a backend service."""

    namespace: str
    service: str
    port: int
    check: Check

    @property
    def name(self) -> str:
        """Name in the proxy, e.g. shop.frontend.80."""
        return f"{self.namespace}.{self.service}.{self.port}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of an HTTPRoute, on one listener."""

    hostnames: tuple[str, ...]
    """Hosts it answers for; "*" is any."""
    matches: tuple[Object, ...]
    filters: tuple[Object, ...] = ()
    backends: tuple[tuple[str, int], ...] = ()
    """Names of backends with their weights; none is answered by a filter, or with 500."""
    timeout: int = BACKEND_SECONDS


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port of the load balancer."""

    number: int
    rules: tuple[Rule, ...]

    @property
    def secure(self) -> bool:
        """Whether it takes TLS."""
        return self.number == HTTPS_PORT


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All of it."""

    ports: tuple[Port, ...] = ()
    backends: tuple[Backend, ...] = ()
    hostnames: tuple[str, ...] = ()
    """What the certificate is for."""
    address: str = LOOPBACK
    """Address of the load balancer, as services are told it."""


Endpoint = tuple[str, int]
"""Address and port of a pod."""


def endpoints(world: World, plan: Plan) -> Mapping[str, tuple[Endpoint, ...]]:
    """Map each backend's name to its Service's endpoints, sorted: all but those that are about to end.

    Also those that are not ready: on GKE the load balancer's own health check alone decides which get requests.
    """
    return {backend.name: _endpoints(world, backend) for backend in plan.backends}


def _endpoints(world: World, backend: Backend) -> tuple[Endpoint, ...]:
    service = world.service(backend.namespace, backend.service)
    ports = service["spec"].get("ports", []) if service else []
    name = next((port.get("name", "") for port in ports if port["port"] == backend.port), None)
    return tuple(
        sorted(
            (address, port["port"])
            for found in world.slices
            if key(found)[0] == backend.namespace
            and found["metadata"].get("labels", {}).get(SERVICE_LABEL) == backend.service
            and found["addressType"] == "IPv4"
            for port in found.get("ports") or []
            if name is not None and port.get("name", "") == name
            for endpoint in found.get("endpoints") or []
            if not endpoint.get("conditions", {}).get("terminating")
            for address in endpoint["addresses"]
        )
    )
