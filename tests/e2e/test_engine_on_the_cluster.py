"""What a run of the engine does to a shop that is up: nothing without a change, and no more than the change names."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.paths import BIN
from tests.e2e.cluster import Cluster, wait_for
from tests.e2e.kubernetes import api, pods
from tests.e2e.shop import Shop

SERVICES = ("frontend", "auth", "products", "orders")
STACK = [".venv/bin/python", "-m", "local.stack"]
UNCHANGED = {"same", "read", "refresh"}
DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments"
AUTOSCALER = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/frontend"
pytestmark = pytest.mark.timeout(600)


class Stack:
    """The stack, with settings that can be changed; the file in the repository is not."""

    def __init__(self, shop: Shop, client: Any, file: Path) -> None:
        self._shop, self._client, self._file = shop, client, file
        text = (shop.repository / "stacks/Pulumi.local.yaml").read_text(encoding="utf-8")
        self.config: dict[str, Any] = yaml.safe_load(text)["config"]
        self.images: dict[str, str] = json.loads((shop.state / "images.json").read_text(encoding="utf-8"))

    def engine(self, *arguments: str) -> str:
        """Run `python -m local.stack` with the settings as they are now; returns what it printed."""
        self.config["a-tu-mano:images"] = {"source": "settings", "tags": True, "references": self.images}
        self._file.write_text(yaml.safe_dump({"config": self.config}), encoding="utf-8")
        environment = {**self._shop.environment, "A_TU_MANO_SETTINGS": str(self._file)}
        changed = Shop(repository=self._shop.repository, environment=environment, state=self._shop.state)
        return changed.command([*STACK, *arguments], timeout=400).stdout

    def steps(self) -> set[str]:
        """Names of the resources that the next run would touch."""
        preview = json.loads(self.engine("pulumi", "preview", "--json"))
        return {step["urn"].split("::")[-1] for step in preview["steps"] if step["op"] not in UNCHANGED}

    def pods(self) -> dict[str, set[str]]:
        """Identities of the pods that are there to stay, by service."""
        return {
            service: {pod.raw["metadata"]["uid"] for pod in pods(self._client, "shop", service)} for service in SERVICES
        }

    def minimum(self, service: str) -> int:
        """Pods of a service there are at least."""
        return int(self.config["a-tu-mano:services"][service]["replicas"]["min"])


@pytest.fixture(scope="module")
def stack(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    yield Stack(shop, api(shop), tmp_path_factory.mktemp("settings") / "settings.yaml")
    shop.command([*STACK, "up"], timeout=400)


def one_more_pod(stack: Stack) -> None:
    stack.config["a-tu-mano:services"]["orders"]["replicas"]["min"] += 1


def more_memory(stack: Stack) -> None:
    stack.config["a-tu-mano:services"]["products"]["resources"]["requests"]["memory"] = "136Mi"


def another_image(stack: Stack) -> None:
    """The same content under another tag, which the node is given."""
    old = stack.images["auth"]
    new = f"{old.rpartition(':')[0]}:e2e-another"
    socket = "/run/a-tu-mano-10-91/containerd.sock"
    containerd = [str(BIN / "ctr"), "--address", socket, "--namespace", "k8s.io"]
    subprocess.run([*containerd, "images", "tag", "--force", old, new], check=True, capture_output=True)
    stack.images["auth"] = new


def test_a_second_up_changes_nothing(shop: Shop, stack: Stack) -> None:
    before = stack.pods()
    shop.command([*STACK, "pulumi", "preview", "--expect-no-changes"])
    assert "changes" not in (shop.command(["make", "up"]).stderr)
    log = (shop.state / "logs" / "stack.log").read_text(encoding="utf-8")
    summary = log.partition("Resources:")[2]
    assert "unchanged" in summary
    assert not any(word in summary for word in ("created", "updated", "deleted", "replaced", "changes"))
    for service, uids in stack.pods().items():
        assert len(uids & before[service]) >= stack.minimum(service)


@pytest.mark.parametrize(
    ("change", "touched", "renewed"),
    [
        (one_more_pod, "orders-autoscaler", None),
        (more_memory, "products", "products"),
        (another_image, "auth", "auth"),
    ],
)
def test_a_change_of_one_service_reaches_its_pods_only(
    stack: Stack, change: Callable[[Stack], None], touched: str, renewed: str | None
) -> None:
    before = stack.pods()
    change(stack)
    assert stack.steps() == {touched}
    stack.engine("up")
    if renewed:
        wait_for(f"new pods of {renewed}", lambda: not stack.pods()[renewed] & before[renewed], seconds=90)
    wait_for(
        "as many pods as there are to be",
        lambda: all(len(uids) >= stack.minimum(service) for service, uids in stack.pods().items()),
        seconds=90,
    )
    for service in set(SERVICES) - {renewed}:
        assert len(stack.pods()[service] & before[service]) >= 2, f"{service} lost pods"
    assert stack.steps() == set()


def test_what_the_autoscaler_did_is_left_as_it_is(stack: Stack, cluster: Cluster) -> None:
    """As if it had scaled: the number of pods is its own, whatever the engine knows."""
    # It must not scale back while this looks at what the engine does.
    cluster.call("PATCH", AUTOSCALER, {"spec": {"behavior": {"scaleDown": {"selectPolicy": "Disabled"}}}})
    replicas = cluster.call("GET", f"{DEPLOYMENT}/frontend/scale")["spec"]["replicas"]
    cluster.call("PATCH", f"{DEPLOYMENT}/frontend/scale", {"spec": {"replicas": replicas + 1}})
    try:
        wait_for("one more pod", lambda: cluster.rolled_out("frontend"), seconds=60)
        before = cluster.call("GET", f"{DEPLOYMENT}/frontend")["metadata"]["generation"]
        stack.engine("pulumi", "preview", "--refresh", "--expect-no-changes")
        stack.engine("up")
        after = cluster.call("GET", f"{DEPLOYMENT}/frontend")
        assert (after["spec"]["replicas"], after["metadata"]["generation"]) == (replicas + 1, before)
    finally:
        cluster.call("PATCH", f"{DEPLOYMENT}/frontend/scale", {"spec": {"replicas": replicas}})
        cluster.call("PATCH", AUTOSCALER, {"spec": {"behavior": None}})


def test_bad_settings_stop_make_up_before_anything_is_made(shop: Shop, tmp_path: Path) -> None:
    text = (shop.repository / "stacks/Pulumi.local.yaml").read_text(encoding="utf-8")
    file = tmp_path / "settings.yaml"
    file.write_text(text.replace("storage: 1Gi", "storage: much").replace("path: /orders", "path: /auth"))
    environment = {**shop.environment, "A_TU_MANO_SETTINGS": str(file), "A_TU_MANO_STATE": str(tmp_path / "state")}
    broken = Shop(repository=shop.repository, environment=environment, state=tmp_path / "state")
    told = broken.command(["make", "up"], fails=True).stderr
    assert told.count(f"{file}: a-tu-mano:") == 2
    assert f'{file}: a-tu-mano:database.storage is "much", a Kubernetes quantity is required. ' in told
    assert f'{file}: a-tu-mano:services.orders.path is "/auth", a path that ' in told
    assert "Traceback" not in told
    assert {path.name for path in broken.state.iterdir()} <= {"lock", "logs"}
