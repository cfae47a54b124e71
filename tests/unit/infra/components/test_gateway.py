"""The edge: one Gateway, to which routes of the services' namespace alone may attach."""

from tests.unit.infra.recorder import Recording, local_values, record, stack_of


def test_the_gateway_takes_http_routes_of_the_services_namespace(recording: Recording) -> None:
    gateway = recording.inputs("Gateway", "gateway")
    assert gateway["metadata"]["name"] == "atm-local-edge"
    assert gateway["metadata"]["namespace"] == "edge"
    assert gateway["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Programmed"}
    assert gateway["spec"] == {
        "gatewayClassName": "envoy",
        "listeners": [
            {
                "name": "http",
                "protocol": "HTTP",
                "port": 80,
                "allowedRoutes": {
                    "kinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
                    "namespaces": {
                        "from": "Selector",
                        "selector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
                    },
                },
            }
        ],
    }


def test_proxies_in_the_gateways_namespace_reach_their_controller_and_the_services(recording: Recording) -> None:
    assert recording.inputs("NetworkPolicy", "gateway-proxies")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": 10080}]}],
        "egress": [
            {
                "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "envoy-gateway-system"}}}],
                "ports": [{"protocol": "TCP", "port": 18000}],
            },
            {
                "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}],
                "ports": [{"protocol": "TCP", "port": 8080}],
            },
        ],
    }


def test_proxies_elsewhere_open_nothing_in_the_gateways_namespace() -> None:
    values = local_values()
    values["edge"]["proxies"]["namespace"] = "envoy-gateway-system"
    recording, _ = record(stack_of(values))
    assert not [line for line in recording.inventory() if line.endswith("gateway-proxies")]
    [first, *_] = recording.inputs("NetworkPolicy", "orders-policy")["spec"]["ingress"][0]["from"]
    assert first == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "envoy-gateway-system"}}}
