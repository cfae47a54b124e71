"""Namespaces: held to `restricted`, closed to traffic but for DNS."""

import pytest

from tests.unit.infra.recorder import Recording, local_values, record, stack_of

NAMESPACES = ("shop", "database", "edge")


@pytest.mark.parametrize("name", NAMESPACES)
def test_restricted_is_enforced_in_a_pinned_version(recording: Recording, name: str) -> None:
    labels = recording.inputs("Namespace", name)["metadata"]["labels"]
    standard = {key: value for key, value in labels.items() if key.startswith("pod-security")}
    assert standard == {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "v1.36",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "v1.36",
    }


@pytest.mark.parametrize("name", NAMESPACES)
def test_all_traffic_is_denied_both_ways(recording: Recording, name: str) -> None:
    policy = recording.inputs("NetworkPolicy", f"{name}-deny")
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert policy["metadata"]["namespace"] == name


@pytest.mark.parametrize("name", NAMESPACES)
def test_pods_may_ask_the_clusters_dns_and_nothing_else(recording: Recording, name: str) -> None:
    assert recording.inputs("NetworkPolicy", f"{name}-dns")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ],
    }


def test_on_gke_the_caches_and_the_metadata_server_answer_names_and_give_nothing_else() -> None:
    values = local_values()
    values["kubernetes"]["dns"] = {"pods": ["kube-dns", "node-local-dns"], "ranges": ["169.254.169.254/32"]}
    recording, _ = record(stack_of(values))
    for name in NAMESPACES:
        [rule] = recording.inputs("NetworkPolicy", f"{name}-dns")["spec"]["egress"]
        assert [peer["podSelector"]["matchLabels"] for peer in rule["to"][:2]] == [
            {"k8s-app": "kube-dns"},
            {"k8s-app": "node-local-dns"},
        ]
        assert rule["to"][2:] == [{"ipBlock": {"cidr": "169.254.169.254/32"}}]
        assert rule["ports"] == [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
