"""Which policies are attached, and why the others are not."""

from typing import Any

import pytest

from local.gke.policies import judge
from tests.unit.local.gke.shapes import EDGE, KNOWN, gateway, made, policy, world

GATEWAY_TARGET = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": EDGE["name"]}


def attached(policies: dict[str, Any], **parts: Any) -> dict[str, tuple[str, str, str]]:
    """By the policy's name: status, reason and message of its condition."""
    found = {}
    for one in judge(world(policies=policies, **parts), KNOWN).statuses:
        (only,) = one.status["conditions"]
        assert only["type"] == "Attached"
        found[one.found["metadata"]["name"]] = (only["status"], only["reason"], only["message"])
    return found


def test_a_policy_of_an_existing_service_is_attached() -> None:
    found = judge(world(policies={"HealthCheckPolicy": [policy("HealthCheckPolicy")]}), KNOWN)
    (status,) = found.statuses
    assert status.path == "/apis/networking.gke.io/v1/namespaces/shop/healthcheckpolicies/healthcheckpolicy-0"
    assert status.status["conditions"][0]["reason"] == "Attached"
    assert found.of("HealthCheckPolicy", "shop", "frontend") is not None
    assert found.of("GCPBackendPolicy", "shop", "frontend") is None


def test_of_two_policies_for_one_service_the_older_counts() -> None:
    younger, older = policy("GCPBackendPolicy", second=9, timeoutSec=9), policy("GCPBackendPolicy", second=1)
    policies = {"GCPBackendPolicy": [younger, older]}
    found = attached(policies)
    assert found["gcpbackendpolicy-1"][:2] == ("True", "Attached")
    assert found["gcpbackendpolicy-9"][:2] == ("False", "Conflicted")
    assert '"shop/gcpbackendpolicy-1" is older' in found["gcpbackendpolicy-9"][2]
    assert judge(world(policies=policies), KNOWN).of("GCPBackendPolicy", "shop", "frontend") is older


def test_a_policy_that_is_refused_does_not_stand_in_a_younger_ones_way() -> None:
    found = attached({"GCPBackendPolicy": [policy("GCPBackendPolicy", securityPolicy="nope"),
                                           policy("GCPBackendPolicy", second=2)]})  # fmt: skip
    assert found["gcpbackendpolicy-0"] == ("False", "Invalid", 'security policy "nope" does not exist.')
    assert found["gcpbackendpolicy-2"][0] == "True"


@pytest.mark.parametrize(
    ("kind", "target", "reason"),
    [
        ("GCPBackendPolicy", {"group": "", "kind": "Service", "name": "orders"}, "TargetNotFound"),
        ("GCPBackendPolicy", {"group": "net.gke.io", "kind": "ServiceImport", "name": "frontend"}, "Invalid"),
        ("HealthCheckPolicy", {"group": "", "kind": "Service", "name": "frontend", "namespace": "edge"}, "Invalid"),
        ("GCPGatewayPolicy", GATEWAY_TARGET, "TargetNotFound"),
        ("GCPGatewayPolicy", {"group": "", "kind": "Service", "name": "frontend"}, "Invalid"),
    ],
)
def test_a_policy_without_its_target_is_not_attached(kind: str, target: dict[str, str], reason: str) -> None:
    # A Gateway is in another namespace than the policies here.
    ((status, found, message),) = attached({kind: [policy(kind, target=target)]}).values()
    assert (status, found) == ("False", reason)
    assert message.endswith(".")


@pytest.mark.parametrize(("name", "status"), [("atm-dev-edge", "True"), ("nope", "False")])
def test_the_policy_of_a_gateway_names_an_ssl_policy_that_exists(name: str, status: str) -> None:
    one = made("GCPGatewayPolicy", "edge", "edge", {"default": {"sslPolicy": name}, "targetRef": GATEWAY_TARGET})
    assert attached({"GCPGatewayPolicy": [one]}, gateways=[gateway()])["edge"][0] == status


def test_without_an_emulated_cloud_names_in_it_are_not_asked_for() -> None:
    policies = {"GCPBackendPolicy": [policy("GCPBackendPolicy", securityPolicy="nope")]}
    (status,) = judge(world(policies=policies), None).statuses
    assert status.status["conditions"][0]["status"] == "True"


def test_a_check_that_the_stand_in_can_not_make_says_whose_limit_it_is() -> None:
    config = {"type": "GRPC", "grpcHealthCheck": {}}
    ((status, _, message),) = attached({"HealthCheckPolicy": [policy("HealthCheckPolicy", config=config)]}).values()
    assert status == "False"
    assert message == "The stand-in checks by HTTP alone, not by GRPC. GKE would take this policy."
