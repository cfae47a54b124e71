"""Who reaches whom: from inside real pods, every pair, against what the settings file says."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from kr8s.objects import Namespace, Pod

from infra.settings import load_settings
from tests.e2e.cluster import NAME, wait_for
from tests.e2e.kubernetes import api, is_ready, pods, python
from tests.e2e.shop import Shop
from tests.pod_security import bare_pod

SECONDS = 3.0
"""A connection that is not open by then is not let through; an open one takes milliseconds."""
CONNECT = """
import concurrent.futures, json, socket, sys
seconds, targets = json.loads(sys.argv[1])
def reaches(target):
    try:
        socket.create_connection(target, timeout=seconds).close()
    except OSError:
        return False
    return True
with concurrent.futures.ThreadPoolExecutor(len(targets)) as threads:
    print(json.dumps(list(threads.map(reaches, map(tuple, targets.values())))))
"""
SLEEP = ["python3", "-c", "import time; time.sleep(600)"]
Targets = dict[str, tuple[str, int]]
SETTINGS = load_settings("local")
SHOP, DATABASE, EDGE = SETTINGS.namespaces.services, SETTINGS.namespaces.database, SETTINGS.namespaces.edge
ELSEWHERE = "e2e-elsewhere"
MONGODB = "mongodb"


def allowed(source: str) -> set[str]:
    """What a pod may reach: named in the settings, and nothing more."""
    if source == f"{EDGE}/stranger":
        return {f"{name} pod" for name in SETTINGS.services} | {f"{name} Service" for name in SETTINGS.services}
    if source == f"{DATABASE}/{MONGODB}":
        return {"mongodb pod"}  # itself, by an address that never leaves the pod
    service = SETTINGS.services.get(source.removeprefix(f"{SHOP}/"))
    if service is None:
        return set()
    mongodb = {"mongodb pod", "mongodb Service"} if service.database else set()
    return {f"{callee} {what}" for callee in service.calls for what in ("pod", "Service")} | mongodb


@contextmanager
def listener_on_the_host() -> Iterator[int]:
    """A port of this machine that takes connections on every address."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104 - that pods don't reach it is what is tested
        port: int = server.getsockname()[1]
        yield port


def runs(pod: Pod) -> bool:
    """Whether the pod is ready now."""
    pod.refresh()
    return is_ready(pod)


@contextmanager
def stranger(client: Any, namespace: str, labels: dict[str, str], image: str) -> Iterator[Pod]:
    """A pod nobody knows, running."""
    pod = Pod(bare_pod("stranger", namespace, image, labels, SLEEP), api=client)
    if pod.exists():
        pod.delete(force=True)
        wait_for("the end of an older stranger", lambda: not pod.exists(), seconds=30)
    pod.create()
    try:
        wait_for(f"{namespace}/stranger", lambda: runs(pod), seconds=60)
        yield pod
    finally:
        pod.delete(force=True)


@pytest.fixture(scope="module")
def client(shop: Shop) -> Any:
    return api(shop)


@pytest.fixture(scope="module")
def sources(client: Any) -> Iterator[dict[str, Pod]]:
    """One pod of each service, the database's, and strangers: one without a name, and two under a false name."""
    found = {f"{SHOP}/{service}": pods(client, SHOP, service)[0] for service in SETTINGS.services}
    found[f"{DATABASE}/{MONGODB}"] = pods(client, DATABASE, MONGODB)[0]
    image = found[f"{SHOP}/products"].raw["spec"]["containers"][0]["image"]
    namespace = Namespace({"metadata": {"name": ELSEWHERE}}, api=client)
    if not namespace.exists():
        namespace.create()
    nobody, false = {"e2e": "stranger"}, {NAME: "frontend", "app.kubernetes.io/part-of": "a-tu-mano"}
    with ExitStack() as stack:
        for where, labels in (
            (SHOP, nobody),
            (DATABASE, nobody),
            (EDGE, nobody),
            (ELSEWHERE, false),
            ("default", false),
        ):
            wait_for(
                f"the service account of {where}",
                lambda where=where: list(client.get("serviceaccounts", "default", namespace=where)),  # type: ignore[misc]
                seconds=30,
            )
            found[f"{where}/stranger"] = stack.enter_context(stranger(client, where, labels, image))
        yield found
    namespace.delete()


@pytest.fixture(scope="module")
def targets(client: Any) -> Iterator[Targets]:
    """Everything there is to reach, by name; of a service the second pod, since a pod always reaches itself."""
    found: Targets = {}
    for service, settings in SETTINGS.services.items():
        address = pods(client, SHOP, service)[1].raw["status"]["podIP"]
        found[f"{service} pod"] = (address, settings.port)
        found[f"{service} metrics"] = (address, settings.metrics_port)
        found[f"{service} Service"] = (f"{service}.{SHOP}.svc.cluster.local", 80)
    found["mongodb pod"] = (pods(client, DATABASE, MONGODB)[0].raw["status"]["podIP"], 27017)
    found["mongodb Service"] = (f"{MONGODB}.{DATABASE}.svc.cluster.local", 27017)
    node = str(next(iter(client.get("nodes"))).raw["status"]["addresses"][0]["address"])
    network, _, last = node.rpartition(".")
    found["API server"] = (node, 6443)
    found["API Service"] = ("kubernetes.default.svc.cluster.local", 443)
    found["kubelet"] = (node, 10250)
    found["metadata server"] = ("169.254.169.254", 80)
    found["Internet"] = ("192.0.2.1", 443)
    with listener_on_the_host() as port:
        found["host"] = (f"{network}.{int(last) - 1}", port)
        yield found


@pytest.fixture(scope="module")
def reached(sources: dict[str, Pod], targets: Targets) -> dict[str, set[str]]:
    """What each source reached, all of them asked at once."""

    def ask(pod: Pod) -> set[str]:
        answer = json.loads(python(pod, CONNECT, json.dumps([SECONDS, targets])))
        return {name for name, open_ in zip(targets, answer, strict=True) if open_}

    with ThreadPoolExecutor(len(sources)) as threads:
        return dict(zip(sources, threads.map(ask, sources.values()), strict=True))


@pytest.mark.parametrize(
    "source",
    [
        *(f"{SHOP}/{service}" for service in SETTINGS.services),
        f"{DATABASE}/{MONGODB}",
        f"{SHOP}/stranger",
        f"{DATABASE}/stranger",
        f"{EDGE}/stranger",
    ],
)
def test_a_pod_reaches_what_its_settings_name_and_nothing_else(reached: dict[str, set[str]], source: str) -> None:
    assert reached[source] == allowed(source)


@pytest.mark.parametrize("namespace", [ELSEWHERE, "default"])
def test_a_service_s_name_in_another_namespace_opens_nothing(
    reached: dict[str, set[str]], targets: Targets, namespace: str
) -> None:
    outside = {"API server", "API Service", "kubelet", "host"}
    assert reached[f"{namespace}/stranger"] - outside == set()


def test_what_is_refused_is_there(reached: dict[str, set[str]], sources: dict[str, Pod]) -> None:
    """A closed port would make every refusal above a matter of course."""
    assert {"API server", "API Service", "kubelet"} <= reached["default/stranger"]
    for service, settings in SETTINGS.services.items():
        own = {"http": ("127.0.0.1", settings.port), "metrics": ("127.0.0.1", settings.metrics_port)}
        assert json.loads(python(sources[f"{SHOP}/{service}"], CONNECT, json.dumps([SECONDS, own]))) == [True, True]


def test_every_pod_finds_names_of_the_cluster_only(sources: dict[str, Pod]) -> None:
    program = """
import socket
assert socket.getaddrinfo("auth.shop.svc.cluster.local", 80)
try:
    socket.getaddrinfo("example.com", 80)
except socket.gaierror:
    print("only")
"""
    with ThreadPoolExecutor(len(sources)) as threads:
        told = threads.map(lambda pod: python(pod, program).strip(), sources.values())
    assert set(told) == {"only"}
