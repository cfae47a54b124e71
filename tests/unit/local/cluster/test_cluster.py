import os
import socket
from collections.abc import Iterator

import pytest

from local.cluster.cluster import Cluster
from local.cluster.config import Edge
from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.paths import Paths


class Silent:
    def step(self, name: str) -> None:
        raise AssertionError(name)


@pytest.fixture
def cluster(paths: Paths, network: Network) -> Cluster:
    return Cluster(paths, network, 8080)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TU_MANO_EDGE_PORT", text)
    with pytest.raises(ClusterError) as error:
        Cluster.from_environment()
    assert str(error.value) == (f"A_TU_MANO_EDGE_PORT is {text!r}, not a port. Set it to a number from 1 to 65535.")


def test_the_edge_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TU_MANO_EDGE_PORT", "8123")
    assert Cluster.from_environment().edge_url == "http://localhost:8123"


def test_without_root_one_sentence_says_why_and_nothing_begins(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for command in (cluster.up, cluster.down):
        with pytest.raises(ClusterError, match=r"^You are user 1000; a node needs .* Run the command as root, or "):
            command(Silent())
    assert not cluster.paths.state.exists()


def test_a_taken_port_is_named_with_the_way_out(taken: int) -> None:
    with pytest.raises(ClusterError) as error:
        Edge(taken, ["127.0.0.1"]).require_free()
    assert str(error.value) == (
        f"Port {taken} of 127.0.0.1 is taken (Address already in use); the shop would be served there. "
        "End what listens on it, or set A_TU_MANO_EDGE_PORT to another port."
    )


def test_a_port_that_was_just_left_is_free(taken: int) -> None:
    with socket.create_connection(("127.0.0.1", taken)) as client:
        client.shutdown(socket.SHUT_RDWR)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    Edge(free, ["127.0.0.1"]).require_free()
    assert free != taken


def test_what_is_left_is_listed_by_its_kind(cluster: Cluster) -> None:
    cluster.paths.state.mkdir()
    assert f"directory {cluster.paths.state}" in cluster.leftovers()
