"""Nodes and pods: how many there are, zonal and regional, Standard and Autopilot, and what they cost."""

from typing import Any

import pytest

from policies.capture import Resource
from policies.cost.amounts import Amount
from policies.cost.nodes import rounded
from tests.unit.policies.cost.made import CLUSTER, REGION, ZONE, cluster, costs, line, pool, resource

SCALED: dict[str, Any] = {"autoscaling": {"minNodeCount": 1, "maxNodeCount": 4}}


def deployment(
    name: str = "shop", *, cpu: str = "500m", memory: str = "1Gi", replicas: int = 2, **pod: Any
) -> Resource:
    return resource(
        "kubernetes:apps/v1:Deployment", name,
        metadata={"name": name, "namespace": "shop"},
        spec={
            "replicas": replicas,
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/name": name}},
                "spec": {"containers": [{"resources": {"requests": {"cpu": cpu, "memory": memory}}}], **pod},
            },
        },
    )  # fmt: skip


def autoscaler(name: str, least: int, most: int) -> Resource:
    return resource(
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name,
        metadata={"name": name, "namespace": "shop"},
        spec={"scaleTargetRef": {"name": name}, "minReplicas": least, "maxReplicas": most},
    )  # fmt: skip


@pytest.mark.parametrize(("location", "inputs", "nodes"), [
    (ZONE, SCALED, Amount(1, 1, 4)),
    (REGION, SCALED, Amount(3, 3, 12)),
    (REGION, {**SCALED, "nodeLocations": ["us-central1-a", "us-central1-b"]}, Amount(2, 2, 8)),
    (REGION, {"autoscaling": {"totalMinNodeCount": 2, "totalMaxNodeCount": 6}}, Amount(2, 2, 6)),
    (ZONE, {"nodeCount": 3}, Amount.of(3)),
    (REGION, {"nodeCount": 3}, Amount.of(9)),
    (REGION, {"nodeCount": None, "initialNodeCount": 2}, Amount.of(6)),
    (ZONE, {"autoscaling": {"minNodeCount": 0, "maxNodeCount": 2}}, Amount(0, 1, 2)),
])  # fmt: skip
def test_nodes_are_counted_per_zone(location: str, inputs: dict[str, Any], nodes: Amount) -> None:
    found = costs(cluster(location=location), pool(location=location, **inputs))
    assert line(found, "Node e2-standard-2").quantity == nodes * 730
    assert line(found, "Disk pd-balanced").quantity == nodes * 50


@pytest.mark.parametrize(("zones", "nodes"), [(1, 1), (3, 3), (4, 4)])
def test_zones_of_a_region_are_an_assumption(zones: float, nodes: float) -> None:
    found = costs(cluster(location=REGION), pool(location=REGION), zones=zones)
    assert line(found, "Node e2-standard-2").quantity == Amount.of(nodes * 730)


def test_a_standard_node_and_a_spot_node_by_hand() -> None:
    found = costs(cluster(), pool())
    # 2 x 0.02181159 + 8 x 0.00292353 = 0.06701142 an hour
    assert line(found, "Node e2-standard-2").monthly.expected == pytest.approx(48.918, abs=0.001)
    assert line(found, "Disk pd-balanced").monthly.expected == pytest.approx(5.00)
    spot = line(costs(cluster(), pool(node={"spot": True})), "Node e2-standard-2, Spot")
    assert spot.monthly.expected == pytest.approx(29.355, abs=0.001)
    assert spot.unit_price == pytest.approx(0.040212)


def test_expected_nodes_follow_what_pods_request() -> None:
    """40 pods of 0.5 cores: (20 + 0.75) x 1.25 / (2 x 0.965 - 0.35) = 16.4, so 17 nodes."""
    found = costs(cluster(), pool(autoscaling={"minNodeCount": 1, "maxNodeCount": 50}), deployment(replicas=40))
    assert line(found, "Node e2-standard-2").quantity == Amount(1, 17, 50) * 730


def test_memory_may_need_more_nodes_than_cores() -> None:
    """10 pods of 4 GiB: (40 + 1) x 1.25 / (8 x 0.76 - 0.6) = 9.4, so 10 nodes; cores would need 2."""
    pods = deployment(replicas=10, cpu="100m", memory="4Gi")
    found = costs(cluster(), pool(autoscaling={"minNodeCount": 1, "maxNodeCount": 50}), pods)
    assert line(found, "Node e2-standard-2").quantity.expected == 10 * 730


def test_expected_nodes_stay_within_the_pool() -> None:
    pods = deployment(replicas=500)
    assert line(costs(cluster(), pool(**SCALED), pods), "Node e2-standard-2").quantity == Amount(1, 4, 4) * 730


def test_pods_that_want_tainted_nodes_go_there_alone() -> None:
    labels, taint = {"purpose": "database"}, [{"key": "purpose"}]
    dedicated = pool("database", node={"labels": labels, "taints": taint, "machineType": "n2-standard-2"}, **SCALED)
    database = deployment("database", cpu="1", replicas=3, nodeSelector=labels)
    found = costs(cluster(), pool("services", **SCALED), dedicated, deployment(), database)
    # 3 x 1.25 / 1.58 = 2.4, so 3 nodes; (1 + 0.75) x 1.25 / 1.58 = 1.4, so 2
    assert line(found, "Node n2-standard-2").quantity.expected == 3 * 730
    assert line(found, "Node e2-standard-2").quantity.expected == 2 * 730


def test_hours_can_be_fewer() -> None:
    found = costs(cluster(), pool(), hours=200.0)
    assert line(found, "Node e2-standard-2").quantity == Amount.of(200)
    assert line(found, "Disk pd-balanced").quantity == Amount.of(50)


def test_a_cluster_that_keeps_its_first_pool_pays_for_it() -> None:
    kept = cluster(removeDefaultNodePool=False, initialNodeCount=2, nodeConfig={"machineType": "e2-standard-4"})
    assert line(costs(kept), "Node e2-standard-4").quantity == Amount.of(2 * 730)
    assert line(costs(kept), "Disk pd-balanced").quantity == Amount.of(200)


def test_accelerators_have_no_price_and_say_so() -> None:
    found = costs(cluster(), pool(node={"guestAccelerators": [{"type": "nvidia-l4"}]}))
    assert ["accelerator:nvidia-l4" in each.reason for each in found.unpriced] == [True]


@pytest.mark.parametrize(("location", "credit"), [(ZONE, -73.0), (REGION, 0.0)])
def test_the_free_tier_is_for_zonal_clusters(location: str, credit: float) -> None:
    found = costs(cluster(location=location))
    assert line(found, "GKE management").monthly.expected == pytest.approx(73.0)
    assert sum(each.monthly.expected for each in found.lines if each.what == "GKE's free tier") == pytest.approx(credit)
    assert sum(each.what == "Data between zones" for each in found.lines) == (location == REGION)


def test_scanning_by_the_cluster_costs_by_the_hour() -> None:
    found = costs(cluster(securityPostureConfig={"vulnerabilityMode": "VULNERABILITY_ENTERPRISE"}))
    assert line(found, "GKE's own scanning of images").monthly.expected == pytest.approx(29.20)


AUTOPILOT = resource(CLUSTER, "cluster", location=REGION, enableAutopilot=True, loggingConfig={"enableComponents": []})


def test_autopilot_charges_pods_and_no_nodes() -> None:
    found = costs(AUTOPILOT, deployment(replicas=2))
    by_hand = {
        "autopilot-cpu": 2 * 0.5 * 730 * 0.0445,
        "autopilot-memory": 2 * 730 * 0.0049225,
        "autopilot-storage": 0.08,
    }
    assert {each.sku: round(each.monthly.expected, 2) for each in found.lines if each.sku.startswith("autopilot")} == {
        sku: pytest.approx(month, abs=0.006) for sku, month in by_hand.items()
    }
    assert line(found, "GKE's free tier").monthly.expected == pytest.approx(-73.0)
    assert not [each for each in found.lines if each.what.startswith("Node ")]


def test_autopilot_scales_with_pods() -> None:
    found = costs(AUTOPILOT, deployment(), autoscaler("shop", 2, 12), replicas=0.5)
    cpu = next(each for each in found.lines if each.sku == "autopilot-cpu")
    assert cpu.quantity == Amount(2, 7, 12) * (0.5 * 730)


def test_spot_pods_of_autopilot_are_cheaper() -> None:
    spot = costs(AUTOPILOT, deployment(nodeSelector={"cloud.google.com/gke-spot": "true"}))
    assert spot.total.expected < costs(AUTOPILOT, deployment()).total.expected
    assert {each.sku for each in spot.lines} >= {"autopilot-spot-cpu", "autopilot-spot-memory"}


@pytest.mark.parametrize(("asked", "charged"), [
    ((0.1, 0.125), (0.1, 0.125)), ((0.01, 0.01), (0.05, 52 / 1024)), ((1.0, 0.5), (1.0, 1.0)), ((0.1, 1.3), (0.2, 1.3)),
])  # fmt: skip
def test_autopilot_rounds_requests_up(asked: tuple[float, float], charged: tuple[float, float]) -> None:
    assert rounded(*asked) == pytest.approx(charged)


def test_autopilot_has_prices_in_some_regions_only() -> None:
    elsewhere = resource(CLUSTER, "cluster", location="europe-west1", enableAutopilot=True)
    found = costs(elsewhere, deployment())
    assert len(found.unpriced) == 3
    assert all("has no price in europe-west1" in each.reason and each.unknown for each in found.unpriced)
