import datetime
import json
from base64 import b64decode
from typing import Any

import httpx
import pytest

from local.cluster import bootstrap
from local.cluster.api import Api
from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import Pki


class Server:
    """An API server that keeps what it is given and answers with what it has."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.refuses = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if self.refuses:
            return httpx.Response(403, text="forbidden")
        if request.method == "PATCH":
            assert request.headers["content-type"] == "application/apply-patch+yaml"
            assert dict(request.url.params) == {"fieldManager": "a-tu-mano", "force": "true"}
            self.objects[path] = json.loads(request.content)
        if path == "/readyz":
            return httpx.Response(200)
        return httpx.Response(200, json=self.objects[path]) if path in self.objects else httpx.Response(404)


@pytest.fixture
def pki(paths: Paths, network: Network) -> Pki:
    pki = Pki(paths.pki, network)
    pki.ensure()
    return pki


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def api(network: Network, pki: Pki, server: Server) -> Api:
    return Api(network, pki, transport=httpx.MockTransport(server))


def test_each_object_lies_at_the_path_of_its_name(api: Api, pki: Pki, server: Server) -> None:
    bootstrap.apply(api, pki)
    assert len(server.objects) == 3
    assert all(path.endswith("/" + item["metadata"]["name"]) for path, item in server.objects.items())


def test_the_policies_daemon_may_only_read(api: Api, pki: Pki, server: Server) -> None:
    bootstrap.apply(api, pki)
    (role,) = [item for item in server.objects.values() if item["kind"] == "ClusterRole"]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "secrets" not in {resource for rule in role["rules"] for resource in rule["resources"]}


def test_the_metrics_server_gets_its_own_key_and_no_other(api: Api, pki: Pki, server: Server) -> None:
    bootstrap.apply(api, pki)
    (secret,) = [item for item in server.objects.values() if item["kind"] == "Secret"]
    assert {name: b64decode(value) for name, value in secret["data"].items()} == {
        "tls.crt": pki.certificate("metrics-server").read_bytes(),
        "tls.key": pki.key("metrics-server").read_bytes(),
    }


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [([], False), ([("Ready", "False")], False), ([("MemoryPressure", "True"), ("Ready", "True")], True)],
)
def test_a_node_is_ready_when_it_says_so(
    api: Api, server: Server, conditions: list[tuple[str, str]], *, ready: bool
) -> None:
    assert (bootstrap.node_known(api), bootstrap.node_ready(api)) == (False, False)
    told = [{"type": kind, "status": status} for kind, status in conditions]
    server.objects["/api/v1/nodes/a-tu-mano"] = {"status": {"conditions": told}}
    assert (bootstrap.node_known(api), bootstrap.node_ready(api)) == (True, ready)


SINCE = datetime.datetime(2030, 1, 1, 12, 0, 0, 900000, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("phase", "told", "ready"),
    [
        ("Running", {"ready": True, "state": {"running": {"startedAt": "2030-01-01T12:00:00Z"}}}, True),
        ("Running", {"ready": True, "state": {"running": {"startedAt": "2030-01-01T11:59:59Z"}}}, False),
        ("Running", {"ready": False, "state": {"running": {"startedAt": "2030-01-01T12:00:01Z"}}}, False),
        ("Running", {"ready": False, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}, False),
        ("Pending", None, False),
        ("Succeeded", {"ready": False, "state": {"terminated": {"exitCode": 0}}}, True),
    ],
)
def test_after_a_restart_only_pods_started_since_count(
    api: Api, server: Server, phase: str, told: dict[str, Any] | None, *, ready: bool
) -> None:
    """The API server goes on telling what was true when the node died."""
    status = {"phase": phase, "containerStatuses": [told] if told else []}
    server.objects["/api/v1/namespaces/kube-system/pods"] = {"items": [{"status": status}]}
    assert bootstrap.system_ready(api, SINCE) is ready


def test_a_refusal_is_told_with_the_servers_words(api: Api, pki: Pki, server: Server) -> None:
    assert api.ready() is True
    server.refuses = True
    with pytest.raises(
        ClusterError, match=r"^The cluster's API server answered 403 to https://10\.77\.0\.2:6443/.*forb"
    ):
        bootstrap.apply(api, pki)
    assert api.ready() is False
