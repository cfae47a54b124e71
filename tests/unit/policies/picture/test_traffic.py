"""Who may call whom: as Kubernetes itself reads NetworkPolicies."""

from dataclasses import replace
from typing import Any

import pytest

from policies.capture import Capture, Resource
from policies.picture.traffic import traffic
from tests.unit.policies.picture.shops import shop

CALL = ("service-000", "service-001")


def calls(capture: Capture) -> set[tuple[str, str]]:
    return {(a.rpartition("::")[2], b.rpartition("::")[2]) for a, b in traffic(capture).calls}


def changed(name: str, **spec: Any) -> Capture:
    """Three services, the policy of one of which is another."""
    capture = shop(3)
    kept = tuple(_with(one, spec) if one.name == f"{name}-policy" else one for one in capture.resources)
    return replace(capture, resources=kept)


def _with(policy: Resource, spec: dict[str, Any]) -> Resource:
    return replace(policy, inputs={**policy.inputs, "spec": {**policy.inputs["spec"], **spec}})


def peer(**parts: Any) -> list[dict[str, Any]]:
    return [{"to": [parts], "ports": [{"port": 8080}]}]


def names(operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": "name", "operator": operator, "values": list(values)}]}


NEXT = {"matchLabels": {"name": "service-001"}}


def test_a_call_needs_both_sides() -> None:
    assert calls(shop(3)) == {CALL, ("service-001", "service-002")}
    assert CALL not in calls(changed("service-000", egress=[]))
    assert CALL not in calls(changed("service-001", ingress=[]))


def test_ports_are_kept() -> None:
    assert list(traffic(shop(2)).calls.values()) == [["8080"]]


@pytest.mark.parametrize(
    ("to", "allowed"),
    [
        (peer(podSelector=NEXT), True),
        (peer(podSelector={}), True),
        (peer(podSelector=names("In", "service-001")), True),
        (peer(podSelector=names("NotIn", "service-001")), False),
        (peer(podSelector=names("Exists")), True),
        (peer(podSelector=names("DoesNotExist")), False),
        (peer(namespaceSelector={}), True),
        (peer(namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "shop"}}, podSelector=NEXT), True),
        (peer(namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "other"}}, podSelector=NEXT), False),
        (peer(ipBlock={"cidr": "0.0.0.0/0"}), False),
        ([{}], True),
        ([], False),
    ],
)
def test_peers_are_read_as_kubernetes_reads_them(to: list[dict[str, Any]], *, allowed: bool) -> None:
    assert (CALL in calls(changed("service-000", egress=to))) is allowed


def test_what_a_policy_isolates_is_what_its_types_say() -> None:
    capture = changed("service-000", policyTypes=["Ingress"])
    without_deny = replace(capture, resources=tuple(one for one in capture.resources if one.name != "deny"))
    assert {one.rpartition("::")[2] for one in traffic(without_deny).open_out} == {"service-000"}
    assert traffic(without_deny).open_in == set()
    assert CALL not in calls(without_deny), "it is said of the service that it may call anything"


def test_routes_lead_to_what_their_service_selects() -> None:
    found = traffic(shop(2)).routes
    assert {(gate.rpartition("::")[2], to.rpartition("::")[2]): paths for (gate, to), paths in found.items()} == {
        ("gateway", "service-000"): ["/service-000"],
        ("gateway", "service-001"): ["/service-001"],
    }
