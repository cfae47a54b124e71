"""The flat program is the program's resources and nothing of its components."""

from typing import Any

from bench import flat

STACK = "urn:pulumi:local::p::pulumi:pulumi:Stack::p-local"
PROVIDER = "urn:pulumi:local::p::pulumi:providers:kubernetes::cluster"
COMPONENT = "urn:pulumi:local::p::a:b:Service::orders"
ACCOUNT = "urn:pulumi:local::p::a:b:Service$kubernetes:core/v1:ServiceAccount::orders-account"
ROUTE = "urn:pulumi:local::p::a:b:Service$kubernetes:gateway.networking.k8s.io/v1:HTTPRoute::orders-route"


def exported() -> dict[str, Any]:
    """A stack with one component of two resources."""
    resources: list[dict[str, Any]] = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": PROVIDER, "type": "pulumi:providers:kubernetes", "custom": True, "parent": STACK},
        {"urn": COMPONENT, "type": "a:b:Service", "custom": False, "parent": STACK},
        {
            "urn": ACCOUNT,
            "type": "kubernetes:core/v1:ServiceAccount",
            "custom": True,
            "parent": COMPONENT,
            "provider": f"{PROVIDER}::id",
            "inputs": {"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAccountToken": False},
        },
        {
            "urn": ROUTE,
            "type": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
            "custom": True,
            "parent": COMPONENT,
            "provider": f"{PROVIDER}::id",
            "inputs": {"apiVersion": "g/v1", "kind": "HTTPRoute", "spec": {"a": 1}},
        },
    ]
    return {"version": 3, "deployment": {"resources": resources}}


def test_the_program_calls_each_class_with_the_inputs() -> None:
    lines = flat.program(flat.custom(exported()["deployment"]["resources"])).splitlines()
    assert lines[-2:] == [
        "pulumi_kubernetes.core.v1.ServiceAccount('orders-account', automount_service_account_token=False, "
        "opts=options)",
        "pulumi_kubernetes.apiextensions.CustomResource('orders-route', api_version='g/v1', kind='HTTPRoute', "
        "spec={'a': 1}, opts=options)",
    ]


def test_the_state_has_no_components_and_one_parent() -> None:
    resources = flat.state(exported())["deployment"]["resources"]
    assert [each["urn"].removeprefix("urn:pulumi:local::p::") for each in resources] == [
        "pulumi:pulumi:Stack::p-local",
        "pulumi:providers:kubernetes::cluster",
        "kubernetes:core/v1:ServiceAccount::orders-account",
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute::orders-route",
    ]
    assert {each.get("parent") for each in resources[1:]} == {STACK}
