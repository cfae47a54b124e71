"""Who may talk to whom: the whole matrix, read back from the policies."""

from typing import Any

from tests.unit.infra.recorder import Recording, local_values, record, stack_of

SERVICES = ("auth", "frontend", "orders", "products")


def peers(rules: list[dict[str, Any]], side: str) -> dict[int, set[str]]:
    """Peers of the rules by port, as "<namespace>/<pod>" or "<namespace>/*"."""
    found: dict[int, set[str]] = {}
    for rule in rules:
        for port in rule["ports"]:
            for peer in rule[side]:
                namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                pod = peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name", "*")
                found.setdefault(int(port["port"]), set()).add(f"{namespace}/{pod}")
    return found


def test_the_matrix_is_exactly_what_the_settings_call_for(recording: Recording) -> None:
    specs = {name: recording.inputs("NetworkPolicy", f"{name}-policy")["spec"] for name in SERVICES}
    assert {name: peers(spec["ingress"], "from") for name, spec in specs.items()} == {
        "auth": {8080: {"edge/*", "shop/frontend", "shop/orders", "shop/products"}, 9090: {"monitoring/*"}},
        "frontend": {8080: {"edge/*"}, 9090: {"monitoring/*"}},
        "orders": {8080: {"edge/*", "shop/frontend"}, 9090: {"monitoring/*"}},
        "products": {8080: {"edge/*", "shop/frontend", "shop/orders"}, 9090: {"monitoring/*"}},
    }
    database = {27017: {"database/mongodb"}}
    assert {name: peers(spec["egress"], "to") for name, spec in specs.items()} == {
        "auth": database,
        "frontend": {8080: {"shop/auth", "shop/orders", "shop/products"}} | database,
        "orders": {8080: {"shop/auth", "shop/products"}} | database,
        "products": {8080: {"shop/auth"}} | database,
    }


def test_a_policy_selects_its_own_pods_both_ways(recording: Recording) -> None:
    for name in SERVICES:
        spec = recording.inputs("NetworkPolicy", f"{name}-policy")["spec"]
        assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": name}}
        assert spec["policyTypes"] == ["Ingress", "Egress"]


def test_a_load_balancer_outside_is_let_in_by_its_addresses() -> None:
    values = local_values()
    values["edge"] |= {"proxies": None, "proxyRanges": ["35.191.0.0/16", "130.211.0.0/22"]}
    recording, _ = record(stack_of(values))
    assert recording.inputs("NetworkPolicy", "frontend-policy")["spec"]["ingress"][0] == {
        "from": [{"ipBlock": {"cidr": "35.191.0.0/16"}}, {"ipBlock": {"cidr": "130.211.0.0/22"}}],
        "ports": [{"protocol": "TCP", "port": 8080}],
    }
