"""The stand-in for GKE's load balancer in front of the real shop: the kinds it brings, and a service behind it."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.gke import proxy_ranges
from local.gke.world import GATEWAY_CLASS
from tests.e2e.cluster import NAME, Cluster, wait_for
from tests.e2e.shop import Shop

PORTS = {"A_TU_MANO_REHEARSAL_HTTP_PORT": "18192", "A_TU_MANO_REHEARSAL_HTTPS_PORT": "18193"}
HOST = "shop.example.com"
OWN = "e2e-gke"
GATEWAYS = f"/apis/gateway.networking.k8s.io/v1/namespaces/{OWN}/gateways"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes"
CHECKS = "/apis/networking.gke.io/v1/namespaces/shop/healthcheckpolicies"
BACKENDS = "/apis/networking.gke.io/v1/namespaces/shop/gcpbackendpolicies"
POLICIES = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"
SERVICE = {"group": "", "kind": "Service", "name": "products"}
Send = Callable[[], httpx.Response]


@dataclass(frozen=True)
class Edge:
    """The shop's cluster with the stand-in, and what was made in it."""

    cluster: Cluster
    made: list[str]

    def make(self, path: str, api: str, kind: str, spec: dict[str, Any], **metadata: Any) -> None:
        body = {"apiVersion": api, "kind": kind, "metadata": {"name": OWN, **metadata}, "spec": spec}
        self.cluster.call("POST", path, body)
        self.made.append(f"{path}/{OWN}")

    def condition(self, path: str, kind: str) -> str | None:
        """Status of a condition, of the first parent where it is a route's."""
        status = self.cluster.call("GET", f"{path}/{OWN}").get("status", {})
        conditions = (status.get("parents") or [status])[0].get("conditions", [])
        return next((str(one["status"]) for one in conditions if one["type"] == kind), None)


@pytest.fixture(scope="module")
def authority(shop: Shop) -> Iterator[Path]:
    """The stand-in is up; the file of the authority whose certificate it shows."""
    environment = dict(shop.environment) | PORTS
    ours = Shop(repository=shop.repository, environment=environment, state=shop.state)
    kubeconfig = str(shop.kubeconfig)
    command = [str(shop.repository / ".venv" / "bin" / "python"), "-m", "local.gke"]
    ours.command([*command, "up", kubeconfig])
    yield shop.state / "gke" / "ca.crt"
    ours.command([*command, "down", kubeconfig])
    assert ours.command([*command, "leftovers", kubeconfig]).stdout == "nothing\n"


@pytest.fixture
def edge(cluster: Cluster, authority: Path) -> Iterator[Edge]:
    """A namespace for a Gateway; everything made is deleted in the end."""
    cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": OWN}})
    made = [f"/api/v1/namespaces/{OWN}"]
    yield Edge(cluster, made)
    for path in reversed(made):
        with suppress(httpx.HTTPStatusError):
            cluster.call("DELETE", path)


@pytest.fixture
def ask(authority: Path) -> Iterator[Send]:
    """Asks the products' API through the load balancer."""
    trust = ssl.create_default_context(cafile=str(authority))
    with httpx.Client(verify=trust, trust_env=False) as client:
        url = f"https://127.0.0.1:{PORTS['A_TU_MANO_REHEARSAL_HTTPS_PORT']}/products"
        yield lambda: client.get(url, headers={"Host": HOST}, extensions={"sni_hostname": HOST})


@pytest.mark.parametrize(
    ("path", "kind", "default", "said"),
    [
        (CHECKS, "HealthCheckPolicy", {"timeoutSec": 6}, "timeoutSec may not exceed checkIntervalSec"),
        (CHECKS, "HealthCheckPolicy", {"checkIntervalSec": 301}, "less than or equal to 300"),
        (CHECKS, "HealthCheckPolicy", {"config": {"type": "HTTP", "tcpHealthCheck": {}}}, "takes httpHealthCheck"),
        (CHECKS, "HealthCheckPolicy", {"config": {"type": "ICMP", "tcpHealthCheck": {}}}, "Unsupported value"),
        (CHECKS, "HealthCheckPolicy",
         {"config": {"type": "HTTP", "httpHealthCheck": {"portSpecification": "USE_FIXED_PORT"}}}, "takes port"),
        (CHECKS, "HealthCheckPolicy",
         {"config": {"type": "HTTP", "httpHealthCheck": {"requestPath": "readyz"}}}, "should match"),
        (BACKENDS, "GCPBackendPolicy", {"sessionAffinity": {"type": "SOMETIMES"}}, "Unsupported value"),
        (BACKENDS, "GCPBackendPolicy", {"connectionDraining": {"drainingTimeoutSec": 3601}}, "equal to 3600"),
        (BACKENDS, "GCPBackendPolicy", {"timeout": 3}, "unknown field"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("authority")
def test_a_policy_that_gke_would_refuse_is_refused(
    cluster: Cluster, path: str, kind: str, default: dict[str, Any], said: str
) -> None:
    spec = {"default": default, "targetRef": SERVICE}
    body = {"apiVersion": "networking.gke.io/v1", "kind": kind, "metadata": {"name": OWN}, "spec": spec}
    with pytest.raises(httpx.HTTPStatusError) as refused:
        cluster.call("POST", path, body, fieldValidation="Strict", dryRun="All")
    assert said in json.loads(refused.value.response.text)["message"]


def test_a_service_is_served_once_its_policies_admit_the_load_balancer_and_its_health_check(
    edge: Edge, ask: Send, shop: Shop
) -> None:
    edge.make(
        GATEWAYS, "gateway.networking.k8s.io/v1", "Gateway",
        {
            "gatewayClassName": GATEWAY_CLASS,
            "listeners": [
                {"name": "https", "port": 443, "protocol": "HTTPS", "allowedRoutes": {"namespaces": {"from": "All"}}}
            ],
        },
        annotations={"networking.gke.io/certmap": OWN},
    )  # fmt: skip
    wait_for("the Gateway", lambda: edge.condition(GATEWAYS, "Programmed") == "True", seconds=20)
    edge.make(
        ROUTES, "gateway.networking.k8s.io/v1", "HTTPRoute",
        {
            "hostnames": [HOST],
            "parentRefs": [{"name": OWN, "namespace": OWN}],
            "rules": [
                {"matches": [{"path": {"value": "/products"}}], "backendRefs": [{"name": "products", "port": 80}]}
            ],
        },
    )  # fmt: skip
    wait_for("the route", lambda: edge.condition(ROUTES, "Accepted") == "True", seconds=20)
    # The shop admits the local edge's proxies alone, and the load balancer is outside.
    wait_for("503", lambda: status(ask) == httpx.codes.SERVICE_UNAVAILABLE, seconds=20)
    edge.make(
        POLICIES, "networking.k8s.io/v1", "NetworkPolicy",
        {
            "podSelector": {"matchLabels": {NAME: "products"}},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"ipBlock": {"cidr": cidr}} for cidr in proxy_ranges(shop.kubeconfig)]}],
        },
    )  # fmt: skip
    # `/`, for which GKE asks, is not the products'.
    log = shop.state / "gke" / "stand-in.log"
    wait_for(
        "the log",
        lambda: re.search(r"shop/products: 0 of \d+ endpoints answer 200 to GET /\.", log.read_text()),
        seconds=20,
    )
    assert status(ask) == httpx.codes.SERVICE_UNAVAILABLE
    check = {"config": {"type": "HTTP", "httpHealthCheck": {"requestPath": "/readyz"}}}
    edge.make(CHECKS, "networking.gke.io/v1", "HealthCheckPolicy", {"default": check, "targetRef": SERVICE})
    wait_for("the policy", lambda: edge.condition(CHECKS, "Attached") == "True", seconds=20)
    wait_for("the products", lambda: status(ask) == httpx.codes.OK, seconds=30)
    assert ask().json()["items"]
    assert ask().headers["via"] == "1.1 google"

    edge.cluster.call("DELETE", f"{GATEWAYS}/{OWN}")
    wait_for("the end of the Gateway", lambda: status(ask) is None, seconds=20)


def status(ask: Send) -> int | None:
    """Status of the answer, None where nobody answers."""
    try:
        return ask().status_code
    except httpx.ConnectError:
        return None
