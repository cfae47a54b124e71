"""Behind GKE's load balancer: TLS only, and each service asked for its health, protected and given time to drain."""

from typing import Any

import pulumi
import pytest

from infra.components.gateway import Gateway, GatewayArgs
from infra.components.microservice import Microservice, MicroserviceArgs
from infra.components.service_network import Neighbours
from infra.components.service_pod import TERMINATION_SECONDS
from infra.naming import Naming
from infra.settings_images import Image
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import Recording, rehearsed_values, run

NAMES = Naming(prefix="atm", stack="dev")


class LoadBalancer:
    """What Edge gives, by name."""

    def __init__(self) -> None:
        self.domain = "shop.example.com"
        self.address_name = pulumi.Output.from_input("the-address")
        self.certificate_map = pulumi.Output.from_input("the-certificates")
        self.ssl_policy = pulumi.Output.from_input("the-tls")
        self.security_policy: pulumi.Output[str] | None = pulumi.Output.from_input("the-protection")


def program() -> None:
    settings = StackSettings.model_validate(rehearsed_values("dev"))
    gateway = Gateway(
        "gateway",
        GatewayArgs(
            names=NAMES,
            settings=settings.edge,
            namespace="edge",
            own_namespace="edge",
            routes_namespace="shop",
            routes_ports=(8080,),
            edge=LoadBalancer(),
        ),
    )
    Microservice(
        "orders",
        MicroserviceArgs(
            names=NAMES,
            settings=settings.services["orders"],
            image=Image("localhost/a-tu-mano/orders:1"),
            namespace="shop",
            secrets={},
            secrets_version="1",
            neighbours=Neighbours(namespaces=settings.namespaces, edge=settings.edge, callers=(), callees=()),
            gateway=gateway,
            public_url=settings.public_url,
        ),
    )


@pytest.fixture(scope="module")
def recording() -> Recording:
    return run(program)


def waits(resource: dict[str, Any]) -> str:
    return str(resource["metadata"]["annotations"]["pulumi.com/waitFor"])


def test_the_gateway_has_the_static_address_and_the_certificates(recording: Recording) -> None:
    gateway = recording.inputs("Gateway", "gateway")
    assert gateway["metadata"]["annotations"] == {
        "pulumi.com/waitFor": "condition=Programmed",
        "networking.gke.io/certmap": "the-certificates",
    }
    assert gateway["spec"]["addresses"] == [{"type": "NamedAddress", "value": "the-address"}]
    assert [(listener["protocol"], listener["port"]) for listener in gateway["spec"]["listeners"]] == [
        ("HTTPS", 443),
        ("HTTP", 80),
    ]
    # GKE refuses the block and the annotation together.
    assert not [listener for listener in gateway["spec"]["listeners"] if "tls" in listener]


def test_no_service_is_reached_without_tls(recording: Recording) -> None:
    https, http = (
        listener["allowedRoutes"]["namespaces"]
        for listener in recording.inputs("Gateway", "gateway")["spec"]["listeners"]
    )
    assert https["from"] == "Selector"
    assert http == {"from": "Same"}
    redirect = recording.inputs("HTTPRoute", "gateway-redirect")
    assert redirect["metadata"]["namespace"] == "edge"
    assert redirect["spec"]["parentRefs"] == [{"name": "atm-dev-edge", "sectionName": "http"}]
    assert redirect["spec"]["rules"] == [
        {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}
    ]


def test_the_gateway_keeps_to_the_policy_of_tls_versions(recording: Recording) -> None:
    policy = recording.inputs("GCPGatewayPolicy", "gateway-policy")
    assert policy["spec"] == {
        "default": {"sslPolicy": "the-tls", "allowGlobalAccess": False},
        "targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "atm-dev-edge"},
    }
    assert policy["metadata"]["namespace"] == "edge"
    assert waits(policy) == "condition=Attached"


def test_a_route_is_of_the_domain_and_has_nothing_that_gke_refuses(recording: Recording) -> None:
    spec = recording.inputs("HTTPRoute", "orders-route")["spec"]
    assert spec["hostnames"] == ["shop.example.com"]
    assert [parent["sectionName"] for parent in spec["parentRefs"]] == ["https"]
    assert "timeouts" not in spec["rules"][0]


def test_the_load_balancer_asks_what_the_readiness_probe_asks(recording: Recording) -> None:
    check = recording.inputs("HealthCheckPolicy", "orders-health")["spec"]
    assert check["targetRef"] == {"group": "", "kind": "Service", "name": "orders"}
    [container] = recording.inputs("Deployment", "orders")["spec"]["template"]["spec"]["containers"]
    probe = container["readinessProbe"]
    http = check["default"]["config"]["httpHealthCheck"]
    assert http["requestPath"] == probe["httpGet"]["path"]
    assert http["port"] == container["ports"][0]["containerPort"]
    assert check["default"]["checkIntervalSec"] == probe["periodSeconds"]
    assert check["default"]["timeoutSec"] <= check["default"]["checkIntervalSec"]


def test_a_service_is_protected_logged_and_drained_for_longer_than_its_pods_live(recording: Recording) -> None:
    policy = recording.inputs("GCPBackendPolicy", "orders-backend")["spec"]
    assert policy["targetRef"] == {"group": "", "kind": "Service", "name": "orders"}
    assert policy["default"]["securityPolicy"] == "the-protection"
    assert policy["default"]["timeoutSec"] == 15
    assert policy["default"]["connectionDraining"]["drainingTimeoutSec"] >= TERMINATION_SECONDS
    assert policy["default"]["logging"] == {"enabled": True, "sampleRate": 1_000_000}


@pytest.mark.parametrize("policy", ["HealthCheckPolicy orders-health", "GCPBackendPolicy orders-backend"])
def test_a_policy_is_waited_for_after_its_route(recording: Recording, policy: str) -> None:
    """GKE tells `Attached` only of what a Gateway leads to; waited for before, it would never come."""
    kind, name = policy.split()
    assert waits(recording.inputs(kind, name)) == "condition=Attached"
    assert "HTTPRoute orders-route" in recording.depends_on(kind, name)


@pytest.mark.parametrize(
    "resource",
    [
        "Gateway gateway",
        "GCPGatewayPolicy gateway-policy",
        "HTTPRoute gateway-redirect",
        "HTTPRoute orders-route",
        "HealthCheckPolicy orders-health",
        "GCPBackendPolicy orders-backend",
        "Deployment orders",
    ],
)
def test_what_waits_for_a_load_balancer_has_the_time(recording: Recording, resource: str) -> None:
    timeouts = recording.request(*resource.split()).customTimeouts
    assert (timeouts.create, timeouts.delete) == ("20m", "20m")
