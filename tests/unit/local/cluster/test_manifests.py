from collections.abc import Iterator
from typing import Any

import pytest

from local.cluster import manifests
from local.cluster.network import Network


@pytest.fixture
def everything(network: Network) -> list[dict[str, Any]]:
    return [
        *manifests.foundation(network),
        *manifests.dns(network, "coredns:1"),
        *manifests.metrics(network, "metrics-server:1", b"authority"),
        *manifests.gateway_class("envoy:1"),
    ]


def of_kind(objects: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (item for item in objects if item["kind"] == kind)


def test_no_object_is_there_twice(everything: list[dict[str, Any]]) -> None:
    keys = [(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) for item in everything]
    assert len(keys) == len(set(keys))


def test_both_system_namespaces_deny_all_but_what_is_named(everything: list[dict[str, Any]]) -> None:
    closed = [
        item["metadata"]["namespace"]
        for item in of_kind(everything, "NetworkPolicy")
        if item["spec"]
        == {"podSelector": {"matchLabels": {}}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    ]
    assert sorted(closed) == ["envoy-gateway-system", "kube-system"]


def test_egress_leads_to_the_node_only(everything: list[dict[str, Any]]) -> None:
    ways = [
        peer
        for policy in of_kind(everything, "NetworkPolicy")
        for rule in policy["spec"].get("egress", [])
        for peer in rule["to"]
    ]
    assert ways
    assert all(peer == {"ipBlock": {"cidr": "10.77.0.2/32"}} for peer in ways)


def test_pods_conform_to_restricted(everything: list[dict[str, Any]]) -> None:
    pods = [item["spec"]["template"]["spec"] for item in of_kind(everything, "Deployment")]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert "limits" in container["resources"]


def test_the_policies_and_services_select_pods_that_exist(everything: list[dict[str, Any]]) -> None:
    labels = [item["spec"]["template"]["metadata"]["labels"] for item in of_kind(everything, "Deployment")]
    chosen = [item["spec"]["selector"] for item in of_kind(everything, "Service")]
    chosen += [
        item["spec"]["podSelector"]["matchLabels"]
        for item in of_kind(everything, "NetworkPolicy")
        if item["metadata"]["namespace"] == "kube-system"
    ]
    assert all(any(selector.items() <= pod.items() for pod in labels) for selector in chosen)


def test_dns_listens_where_policies_of_any_cluster_allow_it(network: Network) -> None:
    """A policy sees a pod's port, not its Service's: the shop's policies say 53, as they must on GKE."""
    (deployment,) = of_kind(manifests.dns(network, "coredns:1"), "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {port["containerPort"] for port in container["ports"]} == {53}
    (service,) = of_kind(manifests.dns(network, "coredns:1"), "Service")
    assert service["metadata"]["name"] == "kube-dns"
    assert service["spec"]["clusterIP"] == "10.77.128.10"
    assert service["spec"]["selector"] == {"k8s-app": "kube-dns"}


def test_the_edges_service_has_the_name_the_forwarder_asks_for() -> None:
    proxy, gateway_class = manifests.gateway_class("envoy:1")
    assert proxy["spec"]["provider"]["kubernetes"]["envoyService"] == {"type": "ClusterIP", "name": "envoy"}
    chosen = gateway_class["spec"]["parametersRef"]
    assert (chosen["name"], chosen["namespace"]) == (proxy["metadata"]["name"], proxy["metadata"]["namespace"])


def test_claims_get_storage_without_naming_a_class(everything: list[dict[str, Any]]) -> None:
    (storage,) = of_kind(everything, "StorageClass")
    assert storage["metadata"]["name"] == "standard"
    assert storage["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}


def test_no_image_but_the_given_ones_is_named(network: Network) -> None:
    values = manifests.gateway_values("gateway:1")
    assert values["global"]["images"]["envoyGateway"]["image"] == "gateway:1"
    kubernetes = values["config"]["envoyGateway"]["provider"]["kubernetes"]
    assert kubernetes["shutdownManager"] == {"image": "gateway:1"}
    assert kubernetes["deploy"] == {"type": "GatewayNamespace"}
