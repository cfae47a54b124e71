"""The plan as Envoy's configuration. That Envoy takes it and does what is meant, test_proxy.py shows."""

from pathlib import Path
from typing import Any

import pytest

from local.gke import envoy
from local.gke.envoy import Place
from local.gke.plan import Backend, Check, Plan, Port, Rule
from local.gke.world import Object

PLACE = Place(folder=Path("/state/gke"), ports={80: 18080, 443: 18443})
BACKEND = Backend(namespace="shop", service="frontend", port=80, check=Check(path="/healthz", port=9000, interval=7))


def prefix(path: str, **more: Any) -> Object:
    return {"path": {"type": "PathPrefix", "value": path}, **more}


def rule(*matches: Object, **more: Any) -> Rule:
    return Rule(**{"hostnames": ("shop.example.com",), "backends": ((BACKEND.name, 1),), **more}, matches=matches)


def routes(*rules: Rule) -> list[Object]:
    plan = Plan(ports=(Port(number=80, rules=rules),), backends=(BACKEND,))
    (configuration,) = envoy.files(plan, PLACE, None)["routes-80.json"]["resources"]
    return [one for host in configuration["virtual_hosts"] for one in host["routes"]]


def test_the_more_specific_match_comes_first() -> None:
    found = routes(
        rule(prefix("/")),
        rule(prefix("/auth")),
        rule(prefix("/auth", headers=[{"name": "x", "value": "1"}])),
        rule({"path": {"type": "Exact", "value": "/a"}}),
        rule(prefix("/products")),
    )
    assert [one["match"].get("path") or one["match"].get("path_separated_prefix") or "/" for one in found] == [
        "/a", "/products", "/auth", "/auth", "/",
    ]  # fmt: skip
    assert "headers" in found[2]["match"]


def test_hosts_are_apart() -> None:
    plan = Plan(ports=(Port(number=80, rules=(rule(prefix("/")), rule(prefix("/x"), hostnames=("*",)))),))
    (configuration,) = envoy.files(plan, PLACE, None)["routes-80.json"]["resources"]
    assert {host["name"]: (host["domains"], len(host["routes"])) for host in configuration["virtual_hosts"]} == {
        "shop.example.com": (["shop.example.com"], 1),
        "*": (["*"], 1),
    }


def test_requests_are_shared_by_weight_within_the_backends_time() -> None:
    (found,) = routes(rule(prefix("/"), backends=(("a", 9), ("b", 1)), timeout=12))
    assert found["route"]["weighted_clusters"] == {"clusters": [{"name": "a", "weight": 9}, {"name": "b", "weight": 1}]}
    assert found["route"]["timeout"] == "12s"


@pytest.mark.parametrize("backends", [(), (("a", 0),)])
def test_a_rule_that_leads_nowhere_is_answered_500(backends: tuple[tuple[str, int], ...]) -> None:
    (found,) = routes(rule(prefix("/"), backends=backends))
    assert found["direct_response"] == {"status": 500}


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        ({"scheme": "https", "statusCode": 301},
         {"scheme_redirect": "https", "response_code": "MOVED_PERMANENTLY"}),
        ({"hostname": "example.com", "port": 8443}, {"host_redirect": "example.com", "port_redirect": 8443,
                                                     "response_code": "FOUND"}),
        ({"path": {"type": "ReplaceFullPath", "replaceFullPath": "/x"}, "statusCode": 308},
         {"path_redirect": "/x", "response_code": "PERMANENT_REDIRECT"}),
        ({"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/y"}},
         {"prefix_rewrite": "/y", "response_code": "FOUND"}),
    ],
)  # fmt: skip
def test_redirects(redirect: Object, expected: Object) -> None:
    (found,) = routes(rule(prefix("/"), filters=({"type": "RequestRedirect", "requestRedirect": redirect},)))
    assert found["redirect"] == expected


def test_headers_are_set_added_and_removed() -> None:
    change = {"set": [{"name": "a", "value": "1"}], "add": [{"name": "b", "value": "2"}], "remove": ["c"]}
    filters = ({"type": "RequestHeaderModifier", "requestHeaderModifier": change},
               {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"remove": ["server"]}})  # fmt: skip
    (found,) = routes(rule(prefix("/"), filters=filters))
    assert [one["append_action"] for one in found["request_headers_to_add"]] == [
        "OVERWRITE_IF_EXISTS_OR_ADD",
        "APPEND_IF_EXISTS_OR_ADD",
    ]
    assert (found["request_headers_to_remove"], found["response_headers_to_remove"]) == (["c"], ["server"])
    assert "response_headers_to_add" not in found


def test_endpoints_are_checked_by_their_own_address_where_no_host_is_named() -> None:
    plan = Plan(backends=(BACKEND,))
    (name,) = envoy.endpoint_files(plan, {BACKEND.name: (("10.95.1.4", 8080),)})
    assert name == "endpoints-shop.frontend.80.json"
    (assignment,) = envoy.endpoint_files(plan, {BACKEND.name: (("10.95.1.4", 8080),)})[name]["resources"]
    (endpoint,) = assignment["endpoints"][0]["lb_endpoints"]
    assert endpoint["endpoint"]["health_check_config"] == {"hostname": "10.95.1.4", "port_value": 9000}


def test_no_endpoint_that_failed_its_check_takes_a_request() -> None:
    (cluster,) = envoy.files(Plan(backends=(BACKEND,)), PLACE, None)["clusters.json"]["resources"]
    assert cluster["common_lb_config"] == {"healthy_panic_threshold": {"value": 0}}
    (check,) = cluster["health_checks"]
    assert (check["interval"], check["no_traffic_interval"], check["timeout"]) == ("7s", "7s", "5s")
    assert check["http_health_check"]["path"] == "/healthz"
    assert check["reuse_connection"] is False


def test_it_listens_on_this_machine_alone() -> None:
    plan = Plan(ports=(Port(number=80, rules=()), Port(number=443, rules=())))
    listeners = envoy.files(plan, PLACE, (Path("/c.crt"), Path("/c.key")))["listeners.json"]["resources"]
    assert [one["address"]["socket_address"] for one in listeners] == [
        {"address": "127.0.0.1", "port_value": 18080},
        {"address": "127.0.0.1", "port_value": 18443},
    ]
    assert ["transport_socket" in one["filter_chains"][0] for one in listeners] == [False, True]
