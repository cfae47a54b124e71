"""The kubeconfig of a GKE cluster, as clients read it."""

import yaml

from infra.components.kubeconfig import kubeconfig


def test_it_is_one_context_whose_credentials_come_from_a_plugin() -> None:
    text = kubeconfig("atm-dev-cluster", "gke-1.us-central1.gke.goog")
    config = yaml.safe_load(text)
    [context] = config["contexts"]
    assert config["current-context"] == context["name"] == "atm-dev-cluster"
    assert config["clusters"] == [
        {"name": context["context"]["cluster"], "cluster": {"server": "https://gke-1.us-central1.gke.goog"}}
    ]
    [user] = config["users"]
    assert user["name"] == context["context"]["user"]
    plugin = user["user"]["exec"]
    assert plugin["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert plugin["command"] == "gke-gcloud-auth-plugin"
    assert plugin["provideClusterInfo"] is True
    assert plugin["interactiveMode"] == "Never"


def test_the_same_cluster_has_the_same_text() -> None:
    """It is an input of the Kubernetes provider: another text would be a change of everything behind it."""
    assert kubeconfig("a", "b") == kubeconfig("a", "b")
