"""Managed Prometheus: each service's pods are asked on the port that has metrics, and nobody else's."""

from infra.components.metrics import Metrics, MetricsArgs
from tests.unit.infra.gcp_parts import NAMES
from tests.unit.infra.recorder import run


def test_the_pods_of_the_services_are_asked_and_told_apart_by_service() -> None:
    def program() -> None:
        Metrics("metrics", MetricsArgs(names=NAMES, namespace="shop", services=("orders", "auth")))

    monitoring = run(program).inputs("PodMonitoring", "metrics")
    assert monitoring["metadata"]["namespace"] == "shop"
    assert monitoring["spec"] == {
        "selector": {
            "matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": ["auth", "orders"]}]
        },
        "endpoints": [{"port": "metrics", "interval": "60s"}],
        "targetLabels": {"fromPod": [{"from": "app.kubernetes.io/name", "to": "service"}]},
    }
