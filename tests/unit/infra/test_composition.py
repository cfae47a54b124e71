"""The composition: what a stack registers, what it tells, and what a change of settings touches."""

import json
from typing import Any

from tests.unit.infra.recorder import ROOT_SECRET, Recording, local_values, record, stack_of

SERVICES = ("auth", "frontend", "orders", "products")
INVENTORY = sorted(
    [
        "pulumi:providers:kubernetes cluster",
        "a-tu-mano:credentials:Credentials credentials",
        "kubernetes:core/v1:Secret credentials-root",
        "a-tu-mano:database:Database mongodb",
        "kubernetes:apps/v1:StatefulSet mongodb",
        "kubernetes:core/v1:PersistentVolumeClaim mongodb-data",
        "kubernetes:core/v1:Secret mongodb-users",
        "kubernetes:core/v1:Service mongodb-peers",
        "kubernetes:core/v1:Service mongodb-service",
        "kubernetes:core/v1:ServiceAccount mongodb-account",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy mongodb-policy",
        "a-tu-mano:edge:Gateway gateway",
        "kubernetes:gateway.networking.k8s.io/v1:Gateway gateway",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy gateway-proxies",
    ]
    + [
        line.format(namespace)
        for namespace in ("shop", "database", "edge")
        for line in (
            "a-tu-mano:kubernetes:Namespace {}",
            "kubernetes:core/v1:Namespace {}",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy {}-deny",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy {}-dns",
        )
    ]
    + [
        line.format(service)
        for service in SERVICES
        for line in (
            "a-tu-mano:kubernetes:Microservice {}",
            "kubernetes:apps/v1:Deployment {}",
            "kubernetes:autoscaling/v2:HorizontalPodAutoscaler {}-autoscaler",
            "kubernetes:core/v1:Secret {}-secrets",
            "kubernetes:core/v1:Service {}-service",
            "kubernetes:core/v1:ServiceAccount {}-account",
            "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute {}-route",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy {}-policy",
            "kubernetes:policy/v1:PodDisruptionBudget {}-budget",
        )
    ]
)


def changed(before: Recording, values: dict[str, Any], **images: str) -> set[str]:
    """Resources whose inputs are not what they were, as "<kind> <logical name>"."""
    after, _ = record(stack_of(values, **images))
    old, new = (
        {f"{r.typ.rpartition(':')[2]} {r.name}": json.dumps(r.inputs, sort_keys=True) for r in recording.resources}
        for recording in (before, after)
    )
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def test_types_and_logical_names_are_frozen(local: tuple[Recording, dict[str, Any]]) -> None:
    """They are part of every URN: a change here replaces resources of every stack unless it brings an alias."""
    assert local[0].inventory() == INVENTORY


def test_the_order_of_settings_changes_nothing(local: tuple[Recording, dict[str, Any]]) -> None:
    values = local_values()
    values["services"] = dict(reversed(values["services"].items()))
    for service in values["services"].values():
        for field in ("calls", "secrets"):
            service[field] = list(reversed(service.get(field, [])))
        service["environment"] = dict(reversed(service.get("environment", {}).items()))
    assert changed(local[0], values) == set()


class TestAChangeOfOneServiceTouchesIt:
    """A team changes its own service's block; nobody else's pods may be replaced by it."""

    def test_replicas_touch_the_autoscaler(self, local: tuple[Recording, dict[str, Any]]) -> None:
        values = local_values()
        values["services"]["orders"]["replicas"] = {"min": 3, "max": 6}
        # The Deployment's number is ignored after the first start; see Microservice.
        assert changed(local[0], values) == {"Deployment orders", "HorizontalPodAutoscaler orders-autoscaler"}

    def test_resources_touch_the_deployment(self, local: tuple[Recording, dict[str, Any]]) -> None:
        values = local_values()
        values["services"]["orders"]["resources"]["requests"]["cpu"] = "75m"
        assert changed(local[0], values) == {"Deployment orders"}

    def test_an_image_touches_the_deployment(self, local: tuple[Recording, dict[str, Any]]) -> None:
        assert changed(local[0], local_values(), orders="localhost/a-tu-mano/orders:2") == {"Deployment orders"}

    def test_a_new_service_touches_nobodys_deployment(self, local: tuple[Recording, dict[str, Any]]) -> None:
        values = local_values()
        values["services"]["reviews"] = {**values["services"]["orders"], "path": "/reviews", "database": False}
        touched = changed(local[0], values)
        assert {name for name in touched if not name.split(" ")[1].startswith("reviews")} == {
            # It calls these two.
            "NetworkPolicy auth-policy",
            "NetworkPolicy products-policy",
        }


def test_outputs_have_the_documented_shape(local: tuple[Recording, dict[str, Any]]) -> None:
    _, outputs = local
    assert outputs["endpoints"] == {
        "auth": "http://localhost:8080/auth",
        "frontend": "http://localhost:8080/",
        "orders": "http://localhost:8080/orders",
        "products": "http://localhost:8080/products",
    }
    assert outputs["services"]["orders"] == {
        "namespace": "shop",
        "image": "localhost/a-tu-mano/orders:1",
        "url_internal": "http://orders",
        "replicas": {"min": 2, "max": 4},
    }
    assert outputs["database"] == {
        "engine": "secantus",
        "host": "mongodb.database.svc.cluster.local",
        "port": 27017,
        "databases": list(SERVICES),
        "stand_in": True,
    }
    assert outputs["cluster"] == {
        "context": None,
        "namespaces": {"services": "shop", "database": "database", "edge": "edge", "monitoring": "monitoring"},
    }


def test_outputs_hold_no_secret(local: tuple[Recording, dict[str, Any]]) -> None:
    recording, outputs = local
    told = json.dumps(outputs)
    secrets = recording.inputs("Secret", "orders-secrets")["stringData"]["value"].values()
    assert ROOT_SECRET not in told
    assert not [secret for secret in secrets if secret in told]


def test_services_share_a_secret_of_the_same_name(local: tuple[Recording, dict[str, Any]]) -> None:
    files = {name: local[0].inputs("Secret", f"{name}-secrets")["stringData"]["value"] for name in SERVICES}
    assert files["auth"]["orders_client_secret"] == files["orders"]["orders_client_secret"]
    assert {name: sorted(secrets) for name, secrets in files.items()} == {
        "auth": ["mongodb_uri", "orders_client_secret", "signing_key_encryption", "staff_password"],
        "frontend": ["csrf_key", "mongodb_uri"],
        "orders": ["mongodb_uri", "orders_client_secret"],
        "products": ["mongodb_uri"],
    }


def test_namespaces_are_settings() -> None:
    values = local_values()
    values["namespaces"] = {"services": "a", "database": "b", "edge": "c"}
    recording, outputs = record(stack_of(values))
    assert {r.inputs["metadata"].get("namespace") for r in recording.resources if "metadata" in r.inputs} == {
        None,
        "a",
        "b",
        "c",
    }
    assert outputs["database"]["host"] == "mongodb.b.svc.cluster.local"
    assert recording.inventory() == [line for line in INVENTORY if line.split(" ")[1] != "gateway-proxies"]


def test_every_object_carries_the_labels(local: tuple[Recording, dict[str, Any]]) -> None:
    for resource in local[0].resources:
        if "metadata" in resource.inputs:
            labels = resource.inputs["metadata"]["labels"]
            assert labels["app.kubernetes.io/part-of"] == "a-tu-mano", resource.name
            assert labels["app.kubernetes.io/managed-by"] == "pulumi", resource.name
            assert labels["app.kubernetes.io/instance"] == "atm-local", resource.name
            assert labels["app.kubernetes.io/name"], resource.name


def test_the_stack_name_decides_nothing_but_names() -> None:
    """A difference between stacks is a setting."""
    local, _ = record(stack_of(local_values()))
    other, _ = record(stack_of(local_values(), name="other"))
    assert local.inventory() == other.inventory()
