"""A service: from one block of settings, everything that runs it, finds it, bounds it and lets it through."""

from typing import Any

import pytest

from tests.unit.infra.recorder import Recording, local_values, record, stack_of
from tests.unit.infra.restricted import assert_restricted

SERVICES = ("auth", "frontend", "orders", "products")


def container_of(recording: Recording, name: str) -> dict[str, Any]:
    [container] = recording.inputs("Deployment", name)["spec"]["template"]["spec"]["containers"]
    return dict(container)


@pytest.mark.parametrize("name", SERVICES)
def test_the_pod_is_restricted(recording: Recording, name: str) -> None:
    assert_restricted(recording.inputs("Deployment", name)["spec"]["template"]["spec"])


@pytest.mark.parametrize("name", SERVICES)
def test_the_account_is_the_services_own_and_has_no_token(recording: Recording, name: str) -> None:
    account = recording.inputs("ServiceAccount", f"{name}-account")
    assert account["metadata"]["name"] == name
    assert account["automountServiceAccountToken"] is False
    assert recording.inputs("Deployment", name)["spec"]["template"]["spec"]["serviceAccountName"] == name


def test_the_environment_is_the_contract_of_the_app(recording: Recording) -> None:
    environment = {entry["name"]: entry["value"] for entry in container_of(recording, "orders")["env"]}
    assert environment == {
        "STACK": "local",
        "SERVICE_VERSION": "1",
        "PORT": "8080",
        "METRICS_PORT": "9090",
        "PUBLIC_URL": "http://localhost:8080",
        "AUTH_URL": "http://auth",
        "PRODUCTS_URL": "http://products",
    }


def test_a_rollout_loses_no_request(recording: Recording) -> None:
    """A new pod is ready before an old one goes, and an old one waits until proxies have left it out."""
    spec = recording.inputs("Deployment", "orders")["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    pod, container = spec["template"]["spec"], container_of(recording, "orders")
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert (pause, pod["terminationGracePeriodSeconds"]) == (15, 45)
    assert container["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}


def test_a_pod_on_a_busy_node_has_a_minute_to_answer_and_three_to_start(recording: Recording) -> None:
    """Else a node short of CPU would restart all pods at once, and be shorter of it."""
    container = container_of(recording, "orders")
    alive, start = container["livenessProbe"], container["startupProbe"]
    assert alive["periodSeconds"] * alive["failureThreshold"] >= 60
    assert alive["timeoutSeconds"] >= 10
    assert start["periodSeconds"] * start["failureThreshold"] >= 180


def test_pods_spread_over_zones_and_hosts_where_there_are_some(recording: Recording) -> None:
    constraints = recording.inputs("Deployment", "orders")["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert [(c["topologyKey"], c["whenUnsatisfiable"], c["maxSkew"]) for c in constraints] == [
        ("topology.kubernetes.io/zone", "ScheduleAnyway", 1),
        ("kubernetes.io/hostname", "ScheduleAnyway", 1),
    ]


def test_the_autoscaler_moves_between_min_and_max(recording: Recording) -> None:
    spec = recording.inputs("HorizontalPodAutoscaler", "orders-autoscaler")["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 4)
    assert spec["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}


def test_one_pod_at_a_time_may_be_evicted(recording: Recording) -> None:
    assert recording.inputs("PodDisruptionBudget", "orders-budget")["spec"] == {
        "selector": {"matchLabels": {"app.kubernetes.io/name": "orders"}},
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }


def test_port_80_leads_to_the_container(recording: Recording) -> None:
    assert recording.inputs("Service", "orders-service")["spec"] == {
        "selector": {"app.kubernetes.io/name": "orders"},
        "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
    }


def test_the_route_rewrites_nothing_and_waits_until_it_is_accepted(recording: Recording) -> None:
    route = recording.inputs("HTTPRoute", "orders-route")
    assert route["spec"] == {
        "parentRefs": [{"name": "atm-local-edge", "namespace": "edge", "sectionName": "http"}],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/orders"}}],
                "backendRefs": [{"name": "orders", "port": 80}],
                "timeouts": {"request": "15s"},
            }
        ],
    }
    assert route["metadata"]["annotations"] == {
        "pulumi.com/waitFor": 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'
    }


def test_a_new_secret_replaces_the_pods(recording: Recording) -> None:
    values = local_values()
    before = recording.inputs("Deployment", "orders")["spec"]["template"]["metadata"]["annotations"]
    values["services"]["orders"]["secrets"] = ["orders_client_secret", "another"]
    after, _ = record(stack_of(values))
    assert after.inputs("Deployment", "orders")["spec"]["template"]["metadata"]["annotations"] != before


def test_ports_are_settings() -> None:
    values = local_values()
    values["services"]["auth"] |= {"port": 8081, "metricsPort": 9091}
    recording, _ = record(stack_of(values))
    assert {entry["name"]: entry["value"] for entry in container_of(recording, "auth")["env"]}["PORT"] == "8081"
    egress = recording.inputs("NetworkPolicy", "orders-policy")["spec"]["egress"]
    assert egress[0]["ports"] == [{"protocol": "TCP", "port": 8081}]
    proxies = recording.inputs("NetworkPolicy", "gateway-proxies")["spec"]["egress"][1]["ports"]
    assert proxies == [{"protocol": "TCP", "port": 8080}, {"protocol": "TCP", "port": 8081}]
