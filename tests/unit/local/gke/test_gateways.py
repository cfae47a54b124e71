"""What the stand-in says of Gateways and routes, and what the load balancer is to do."""

from typing import Any

import pytest

from local.gke.gateways import Verdict, judge, shared_hostnames
from local.gke.plan import BACKEND_SECONDS, Check, Plan
from local.gke.world import Known, Object
from tests.unit.local.gke.shapes import EDGE, KNOWN, gateway, made, policy, route, service, world


def status(verdict: Verdict, kind: str, name: str) -> Object:
    return next(
        one.status for one in verdict.statuses if (one.found["kind"], one.found["metadata"]["name"]) == (kind, name)
    )


def condition(conditions: list[Object], kind: str) -> tuple[str, str, str]:
    found = next(one for one in conditions if one["type"] == kind)
    return found["status"], found["reason"], found["message"]


def edge(verdict: Verdict) -> Object:
    return status(verdict, "Gateway", EDGE["name"])


def parent(verdict: Verdict, name: str = "frontend") -> list[Object]:
    (only,) = status(verdict, "HTTPRoute", name)["parents"]
    conditions: list[Object] = only["conditions"]
    return conditions


def planned(verdict: Verdict) -> Plan:
    assert verdict.plan is not None
    return verdict.plan


def test_a_gateway_that_is_in_order_is_programmed_at_its_static_address() -> None:
    found = edge(judge(world(), KNOWN))
    assert condition(found["conditions"], "Programmed") == ("True", "Programmed", "")
    assert condition(found["conditions"], "networking.gke.io/GatewayHealthy")[0] == "True"
    assert found["addresses"] == [{"type": "IPAddress", "value": "203.0.113.7"}]
    assert {one["name"]: one["attachedRoutes"] for one in found["listeners"]} == {"http": 0, "https": 1}


def test_without_an_emulated_cloud_its_names_are_not_asked_for() -> None:
    found = edge(judge(world(), None))
    assert condition(found["conditions"], "Programmed")[0] == "True"
    assert found["addresses"] == [{"type": "IPAddress", "value": "127.0.0.1"}]


@pytest.mark.parametrize(
    ("known", "changes", "said"),
    [
        (Known(addresses={}, certificate_maps=KNOWN.certificate_maps, security_policies=frozenset(),
               ssl_policies=frozenset()), {}, 'address "atm-dev-edge" does not exist.'),
        (Known(addresses=KNOWN.addresses, certificate_maps={}, security_policies=frozenset(),
               ssl_policies=frozenset()), {}, 'certificate map "atm-dev-edge" does not exist.'),
        (KNOWN, {"addresses": [{"value": "203.0.113.9"}]},
         'unsupported address type "IPAddress", only "NamedAddress" is supported.'),
        (KNOWN, {"listeners": [{"name": "tcp", "port": 9000, "protocol": "TCP"}]}, "protocol TCP is not supported."),
        (KNOWN, {"listeners": [{"name": "http", "port": 8080, "protocol": "HTTP"}]}, "on port 80 alone."),
        (KNOWN, {"listeners": [{"name": "s", "port": 443, "protocol": "HTTPS",
                                "tls": {"certificateRefs": [{"name": "own"}]}}]}, "exclude each other."),
    ],
)  # fmt: skip
def test_a_gateway_that_gke_would_not_take_is_not_programmed_and_nothing_is_served_anew(
    known: Known, changes: dict[str, Any], said: str
) -> None:
    verdict = judge(world(gateways=[gateway(**changes)]), known)
    programmed, reason, message = condition(edge(verdict)["conditions"], "Programmed")
    assert (programmed, reason) == ("False", "Invalid")
    assert message.startswith('Error GWCER106: Gateway "edge/atm-dev-edge" is invalid, err: ')
    assert message.endswith(said)
    assert "addresses" not in edge(verdict)
    assert verdict.plan is None


def test_only_a_fault_of_the_address_is_one_of_the_listeners() -> None:
    without = Known(addresses={}, certificate_maps={}, security_policies=frozenset(), ssl_policies=frozenset())
    listener = edge(judge(world(), without))["listeners"][0]
    assert condition(listener["conditions"], "Accepted")[:2] == ("False", "UnsupportedAddress")
    no_map = Known(addresses=KNOWN.addresses, certificate_maps={}, security_policies=frozenset(),
                   ssl_policies=frozenset())  # fmt: skip
    listener = edge(judge(world(), no_map))["listeners"][0]
    assert condition(listener["conditions"], "Accepted")[0] == "True"
    assert condition(listener["conditions"], "Programmed")[0] == "False"


def test_https_without_any_certificate_is_refused() -> None:
    bare = gateway()
    del bare["metadata"]["annotations"]
    message = condition(edge(judge(world(gateways=[bare]), KNOWN))["conditions"], "Programmed")[2]
    assert "no certificates specified for protocol HTTPS" in message


def test_gateways_of_other_classes_are_none_of_its_business() -> None:
    other = gateway(gatewayClassName="envoy")
    verdict = judge(world(gateways=[other]), KNOWN)
    assert verdict.statuses == ()
    assert verdict.plan == Plan()


def test_the_oldest_gateway_is_served_and_the_other_says_so() -> None:
    younger = gateway()
    younger["metadata"] |= {"name": "second", "creationTimestamp": "2026-11-25T00:00:09Z"}
    verdict = judge(world(gateways=[younger, gateway()]), KNOWN)
    assert condition(edge(verdict)["conditions"], "Programmed")[0] == "True"
    programmed, _, message = condition(status(verdict, "Gateway", "second")["conditions"], "Programmed")
    assert programmed == "False"
    assert message.startswith("The stand-in serves one Gateway")
    assert verdict.plan is not None


def test_an_address_once_given_stays_while_the_gateway_can_not_be_translated() -> None:
    before = gateway(listeners=[{"name": "tcp", "port": 1, "protocol": "TCP"}])
    before["status"] = {"addresses": [{"type": "IPAddress", "value": "203.0.113.7"}]}
    assert edge(judge(world(gateways=[before]), KNOWN))["addresses"][0]["value"] == "203.0.113.7"


def test_no_gateway_serves_nothing() -> None:
    assert planned(judge(world(gateways=[]), KNOWN)) == Plan()


def test_a_route_is_accepted_and_its_requests_go_to_its_service() -> None:
    verdict = judge(world(), KNOWN)
    (only,) = status(verdict, "HTTPRoute", "frontend")["parents"]
    assert only["controllerName"] == "networking.gke.io/gateway"
    assert only["parentRef"] == route()["spec"]["parentRefs"][0]
    assert [one["status"] for one in only["conditions"]] == ["True", "True", "True"]
    plan = planned(verdict)
    (rule,) = next(port for port in plan.ports if port.number == 443).rules
    assert (rule.hostnames, rule.backends) == (("shop.example.com",), (("shop.frontend.80", 1),))
    assert [one["metadata"]["name"] for one in verdict.served] == ["frontend"]
    assert plan.hostnames == ("shop.example.com",)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"timeouts": {"request": "15s"}}, "Timeouts are not supported."),
        ({"retry": {"attempts": 2}}, "Retries are not supported."),
        ({"matches": [{"path": {"type": "RegularExpression", "value": ".*"}}]}, "Paths must start with '/' character"),
        ({"matches": [{"method": "GET"}]}, "HTTP method matches are not supported."),
        ({"filters": [{"type": "RequestMirror", "requestMirror": {}}]}, "does not know the filter RequestMirror."),
    ],
)
def test_one_route_that_gke_would_not_take_keeps_the_whole_gateway_as_it_was(rule: dict[str, Any], said: str) -> None:
    verdict = judge(world(routes=[route(), route("orders", **rule)], services=[service(), service("orders")]), KNOWN)
    accepted, reason, message = condition(parent(verdict, "orders"), "Accepted")
    assert (accepted, reason) == ("False", "Invalid")
    assert message.startswith('Error GWCER104: HTTPRoute "shop/orders" is misconfigured, err: ')
    assert message.endswith(said)
    assert condition(edge(verdict)["conditions"], "Programmed") == ("False", "Invalid", message)
    assert condition(parent(verdict), "Accepted")[0] == "True"
    assert verdict.plan is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (route(section="nowhere"), "NoMatchingParent"),
        (route(section="http"), "NotAllowedByListeners"),
        (route(namespace="other"), "NotAllowedByListeners"),
    ],
)
def test_a_route_that_no_listener_takes_is_told_why(changed: Object, reason: str) -> None:
    verdict = judge(world(routes=[changed]), KNOWN)
    assert condition(parent(verdict), "Accepted")[:2] == ("False", reason)
    assert planned(verdict).backends == ()


def test_a_listeners_hostname_bounds_its_routes() -> None:
    listener = {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": "*.example.org",
                "allowedRoutes": {"namespaces": {"from": "All"}}}  # fmt: skip
    verdict = judge(world(gateways=[gateway(listeners=[listener])]), KNOWN)
    assert condition(parent(verdict), "Accepted")[:2] == ("False", "NoMatchingListenerHostname")


@pytest.mark.parametrize(
    ("listener", "names", "shared"),
    [
        (None, [], ("*",)),
        ("shop.example.com", [], ("shop.example.com",)),
        (None, ["a.example.com"], ("a.example.com",)),
        ("*.example.com", ["a.example.com", "b.example.org"], ("a.example.com",)),
        ("a.example.com", ["*.example.com"], ("a.example.com",)),
        ("*.example.com", ["example.com"], ()),
        ("*.b.example.com", ["*.example.com"], ("*.b.example.com",)),
    ],
)
def test_a_route_answers_for_the_hosts_it_shares_with_its_listener(
    listener: str | None, names: list[str], shared: tuple[str, ...]
) -> None:
    assert shared_hostnames(listener, names) == shared


def test_a_service_that_is_missing_is_a_reference_that_is_not_resolved() -> None:
    verdict = judge(world(services=[]), KNOWN)
    resolved, reason, message = condition(parent(verdict), "ResolvedRefs")
    assert (resolved, reason) == ("False", "BackendNotFound")
    assert "GWCER102: services shop/frontend not found" in message
    assert condition(parent(verdict), "Accepted")[0] == "True"
    assert planned(verdict).ports[1].rules[0].backends == ()


def test_a_port_that_a_service_does_not_have_is_no_backend() -> None:
    verdict = judge(world(routes=[route(backendRefs=[{"name": "frontend", "port": 8080}])]), KNOWN)
    assert condition(parent(verdict), "ResolvedRefs")[1] == "BackendNotFound"


def test_a_service_of_another_namespace_is_not_permitted() -> None:
    foreign = [{"name": "frontend", "namespace": "other", "port": 80}]
    assert condition(parent(judge(world(routes=[route(backendRefs=foreign)]), KNOWN)), "ResolvedRefs")[1] == (
        "RefNotPermitted"
    )


def test_statuses_of_other_controllers_stay() -> None:
    other = {"controllerName": "example.com/other", "parentRef": {"name": "x"}, "conditions": []}
    found = route()
    found["status"] = {"parents": [other]}
    parents = status(judge(world(routes=[found]), KNOWN), "HTTPRoute", "frontend")["parents"]
    assert [one["controllerName"] for one in parents] == ["example.com/other", "networking.gke.io/gateway"]


def test_a_route_to_somebody_elses_gateway_is_left_alone() -> None:
    elsewhere = route()
    elsewhere["spec"]["parentRefs"] = [{"name": "other", "namespace": "edge"}]
    verdict = judge(world(routes=[elsewhere]), KNOWN)
    assert [one.found["kind"] for one in verdict.statuses] == ["Gateway"]


def test_a_route_on_two_listeners_has_two_parents() -> None:
    both = route()
    first = both["spec"]["parentRefs"][0]
    both["spec"]["parentRefs"] = [first, {**first, "sectionName": "http"}]
    parents = status(judge(world(routes=[both]), KNOWN), "HTTPRoute", "frontend")["parents"]
    assert [condition(one["conditions"], "Accepted")[1] for one in parents] == ["Accepted", "NotAllowedByListeners"]


def test_policies_decide_how_a_service_is_checked_and_how_long_it_may_take() -> None:
    config = {"type": "HTTP", "httpHealthCheck": {"requestPath": "/healthz"}}
    policies = {
        "HealthCheckPolicy": [policy("HealthCheckPolicy", config=config, checkIntervalSec=15)],
        "GCPBackendPolicy": [policy("GCPBackendPolicy", timeoutSec=12)],
    }
    plan = planned(judge(world(policies=policies), KNOWN))
    assert plan.backends[0].check == Check(path="/healthz", interval=15, chosen=True)
    assert plan.ports[1].rules[0].timeout == 12


def test_of_a_policy_nothing_is_said_before_a_route_leads_to_its_service() -> None:
    policies = {"HealthCheckPolicy": [policy("HealthCheckPolicy")]}
    before = judge(world(policies=policies, routes=[route(section="nowhere")]), KNOWN)
    assert [one.found["kind"] for one in before.statuses] == ["HTTPRoute", "Gateway"]
    after = judge(world(policies=policies), KNOWN)
    assert [one.found["kind"] for one in after.statuses] == ["HTTPRoute", "HealthCheckPolicy", "Gateway"]


def test_a_service_without_policies_is_asked_for_the_root() -> None:
    plan = planned(judge(world(), KNOWN))
    assert plan.backends[0].check == Check(path="/", interval=5, timeout=5, healthy=2, unhealthy=2, chosen=False)
    assert plan.ports[1].rules[0].timeout == BACKEND_SECONDS


def test_the_redirect_of_the_edges_own_namespace_is_on_http() -> None:
    filters = [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]
    redirect = made("HTTPRoute", "edge", "redirect", {
        "parentRefs": [{"name": EDGE["name"], "sectionName": "http"}], "rules": [{"filters": filters}],
    })  # fmt: skip
    plan = planned(judge(world(routes=[redirect, route()]), KNOWN))
    (rule,) = plan.ports[0].rules
    assert (plan.ports[0].number, rule.hostnames, list(rule.filters)) == (80, ("*",), filters)
    assert rule.matches == ({"path": {"type": "PathPrefix", "value": "/"}},)


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ({"key": "team", "operator": "In", "values": ["a"]}, False),
        ({"key": "team", "operator": "NotIn", "values": ["a"]}, True),
        ({"key": "kubernetes.io/metadata.name", "operator": "Exists"}, True),
        ({"key": "kubernetes.io/metadata.name", "operator": "DoesNotExist"}, False),
    ],
)
def test_a_listener_chooses_namespaces_by_expressions_too(expression: Object, taken: bool) -> None:  # noqa: FBT001
    listener = {"name": "https", "port": 443, "protocol": "HTTPS", "allowedRoutes": {
        "namespaces": {"from": "Selector", "selector": {"matchExpressions": [expression]}},
    }}  # fmt: skip
    verdict = judge(world(gateways=[gateway(listeners=[listener])]), KNOWN)
    assert (condition(parent(verdict), "Accepted")[0] == "True") is taken


def test_a_listener_for_other_kinds_of_routes_takes_none() -> None:
    listener = {"name": "https", "port": 443, "protocol": "HTTPS", "allowedRoutes": {
        "kinds": [{"kind": "GRPCRoute"}], "namespaces": {"from": "All"},
    }}  # fmt: skip
    verdict = judge(world(gateways=[gateway(listeners=[listener])]), KNOWN)
    assert condition(parent(verdict), "Accepted")[1] == "NotAllowedByListeners"
