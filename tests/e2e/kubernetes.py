"""What the end-to-end tests ask the shop's cluster, as its administrator."""

import warnings
from functools import cache
from typing import Any

import kr8s
from kr8s.objects import Pod

from tests.e2e.cluster import NAME
from tests.e2e.shop import Shop


def api(shop: Shop) -> Any:
    """A client with the administrator's rights; kr8s types it by its asynchronous twin."""
    return _client(str(shop.kubeconfig))


@cache
def _client(kubeconfig: str) -> Any:
    # One for all tests, and kept to the end: it has no way to close its connections.
    with warnings.catch_warnings():
        # It knows the versions of its own release day; the objects used here are the same in all of them.
        warnings.filterwarnings("ignore", message="Kubernetes version")
        return kr8s.api(kubeconfig=kubeconfig)


def pods(client: Any, namespace: str, service: str | None = None) -> list[Pod]:
    """Pods of a namespace, or of one service there, that run and are not about to end."""
    selector = f"{NAME}={service}" if service else ""
    return [
        pod
        for pod in client.get("pods", namespace=namespace, label_selector=selector)
        if pod.raw["status"]["phase"] == "Running" and "deletionTimestamp" not in pod.raw["metadata"]
    ]


def is_ready(pod: Pod) -> bool:
    """Whether the pod takes requests."""
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod.raw["status"].get("conditions", []))


def python(pod: Pod, program: str, *arguments: str) -> str:
    """Run Python inside a running pod, as whoever runs there; returns what it printed."""
    done = pod.exec(["python3", "-c", program, *arguments], check=False)
    assert done.returncode == 0, f"{pod.namespace}/{pod.name}: {done.stderr.decode()[-2000:]}"
    return str(done.stdout.decode())
