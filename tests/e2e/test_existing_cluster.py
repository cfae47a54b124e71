"""The shop in a cluster that it did not start: the end-to-end cluster, reached by a kubeconfig of somebody else's."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.e2e.cluster import wait_for
from tests.e2e.kubernetes import api, pods
from tests.e2e.shop import Shop

CONTEXT = "somebody-elses"
NAMESPACES = {"services": "second-shop", "database": "second-database", "edge": "second-edge"}
CREDENTIALS = "second-secrets"
KINDS = ("namespaces", "persistentvolumes", "storageclasses", "clusterroles", "clusterrolebindings", "gatewayclasses")
"""What does not lie in a namespace, and what all else lies in."""
pytestmark = pytest.mark.timeout(900)


def settings(folder: Path, repository: Path) -> Path:
    """The stack's settings with other namespaces, another name and as few pods as can be."""
    document = yaml.safe_load((repository / "stacks/Pulumi.local.yaml").read_text(encoding="utf-8"))
    config = document["config"]
    config["a-tu-mano:prefix"] = "second"
    config["a-tu-mano:namespaces"] = NAMESPACES
    config["a-tu-mano:credentials"] = {"namespace": CREDENTIALS}
    config["a-tu-mano:edge"]["url"] = "http://shop.example"
    config["a-tu-mano:edge"]["proxies"]["namespace"] = NAMESPACES["edge"]
    for service in config["a-tu-mano:services"].values():
        service["replicas"] = {"min": 1, "max": 1}
        service["resources"]["requests"] = {"cpu": "10m", "memory": "64Mi"}
    config["a-tu-mano:database"]["resources"]["requests"] = {"cpu": "10m", "memory": "64Mi"}
    file = folder / "settings.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def kubeconfig(folder: Path, shop: Shop) -> Path:
    """The cluster's kubeconfig under another context, which is not the current one, and with the keys beside it."""
    config = yaml.safe_load(shop.kubeconfig.read_text(encoding="utf-8"))
    (context,) = config["contexts"]
    config["contexts"] = [{"name": "nothing", "context": {"cluster": "none", "user": "none"}}, context]
    context["name"], config["current-context"] = CONTEXT, "nothing"
    file = folder / "config"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    file.chmod(0o600)
    return file


def present(client: Any) -> dict[str, set[str]]:
    """Identities of what the cluster has."""
    return {kind: {found.raw["metadata"]["uid"] for found in client.get(kind)} for kind in KINDS}


def owned(client: Any) -> set[str]:
    """Identities of what the first shop consists of."""
    kinds = ("deployments", "statefulsets", "services", "secrets", "networkpolicies", "persistentvolumeclaims")
    return {
        found.raw["metadata"]["uid"]
        for kind in kinds
        for namespace in ("shop", "database", "edge")
        for found in client.get(kind, namespace=namespace)
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Second:
    """A shop in the cluster of the first one."""

    shop: Shop
    kubeconfig: Path
    kubeconfig_before: bytes
    present_before: dict[str, set[str]]

    def make(self, target: str, *arguments: str, fails: bool = False) -> str:
        """Run make for this shop; returns everything it printed."""
        done = self.shop.command(["make", target, *arguments], fails=fails)
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def client(shop: Shop) -> Any:
    return api(shop)


@pytest.fixture(scope="module")
def second(shop: Shop, client: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    folder = tmp_path_factory.mktemp("existing")
    file = kubeconfig(folder, shop)
    environment = {key: value for key, value in shop.environment.items() if key != "A_TU_MANO_EDGE_PORT"} | {
        "A_TU_MANO_STATE": str(folder / "state"),
        "A_TU_MANO_SETTINGS": str(settings(folder, shop.repository)),
    }
    made = Second(
        shop=Shop(repository=shop.repository, environment=environment, state=folder / "state"),
        kubeconfig=file,
        kubeconfig_before=file.read_bytes(),
        present_before=present(client),
    )
    try:
        made.make("up", f"CONTEXT={CONTEXT}", f"KUBECONFIG={file}", "IMAGES_TO=node")
        yield made
    finally:
        made.make("down")


def test_it_is_up_beside_the_first_one(second: Second, client: Any) -> None:
    running = [pod for role in ("services", "database") for pod in pods(client, NAMESPACES[role])]
    assert sorted(pod.labels["app.kubernetes.io/name"] for pod in running) == [
        "auth", "frontend", "mongodb", "orders", "products",
    ]  # fmt: skip
    assert second.shop.endpoints["products"] == "http://shop.example/products"


def test_it_answers_through_its_gateway(second: Second, client: Any) -> None:
    (proxy,) = pods(client, NAMESPACES["edge"])
    with proxy.portforward(10080, local_port="auto") as port, httpx.Client(base_url=f"http://localhost:{port}") as http:
        listed = http.get("/products").raise_for_status().json()["items"]
        page = http.get("/").raise_for_status()
    assert listed
    assert "text/html" in page.headers["content-type"]
    assert all(product["slug"] in page.text for product in listed[:3])


def test_status_tells_its_pods_only(second: Second) -> None:
    told = second.make("status")
    rows = [line.split() for line in told.splitlines() if "/" in line.split(" ")[0]]
    assert {row[0].split("/")[0] for row in rows} == {NAMESPACES["services"], NAMESPACES["database"]}
    assert len(rows) == 5
    assert {row[1] for row in rows} == {"Ready"}


def test_up_without_its_context_does_not_move_it(second: Second) -> None:
    told = second.make("up", fails=True)
    assert "CONTEXT is not set. Name it again. Or run `make down` first" in told
    assert "Traceback" not in told


def test_an_unknown_context_is_told_in_a_sentence(second: Second) -> None:
    told = second.make("up", "CONTEXT=none", f"KUBECONFIG={second.kubeconfig}", "IMAGES_TO=node", fails=True)
    assert f"CONTEXT is 'none', but {second.kubeconfig} has only the contexts nothing, {CONTEXT}. Name one" in told
    assert "Traceback" not in told


def test_down_takes_away_what_it_made_and_nothing_else(second: Second, shop: Shop, client: Any) -> None:
    first = owned(client)
    second.make("down")
    assert not second.shop.state.exists()
    wait_for("its volume to go", lambda: present(client) == second.present_before, seconds=60)
    assert second.kubeconfig.read_bytes() == second.kubeconfig_before
    assert owned(client) == first
    assert httpx.get(f"{shop.endpoints['products']}").status_code == 200
