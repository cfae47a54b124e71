from pathlib import Path

import pytest

from local.cluster.__main__ import run
from local.cluster.cluster import Cluster
from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.supervision import DaemonStatus


@pytest.fixture
def cluster(paths: Paths, network: Network, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster(paths, network, 8080)
    monkeypatch.setattr(Cluster, "from_environment", lambda: cluster)
    return cluster


def test_a_failure_is_one_message_and_exit_code_1(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        message = "Port 8080 is taken."
        raise ClusterError(message)

    monkeypatch.setattr(cluster, "up", fail)
    assert run(["up"]) == 1
    assert capsys.readouterr() == ("", "Port 8080 is taken.\n")


def test_each_step_is_told_with_its_time(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "down", lambda progress: [progress.step("node"), progress.step("state")])
    assert run(["down"]) == 0
    assert capsys.readouterr().out == "node: 0.0 s\nstate: 0.0 s\n"


@pytest.mark.parametrize(
    ("state", "code", "told"), [("RUNNING", 0, []), ("FATAL", 1, ["", "The end of etcd's log:", "    no disk", ""])]
)
def test_status_is_an_error_when_a_daemon_is_down_and_shows_its_last_words(
    cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    state: str,
    code: int,
    told: list[str],
) -> None:
    cluster.paths.logs.mkdir(parents=True)
    (cluster.paths.logs / "etcd.log").write_text("no disk")
    monkeypatch.setattr(cluster, "status", lambda: [DaemonStatus("etcd", state, 7, 60, 2)])
    assert run(["status"]) == code
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.split() == ["etcd", state, "pid", "7", "up", "60", "s", "restarts", "2"]
    assert rest == told


def test_a_log_is_shown_and_a_wrong_name_gets_the_right_ones(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.paths.logs.mkdir(parents=True)
    Path(cluster.paths.logs / "etcd.log").write_text("ready")
    assert run(["logs", "etcd"]) == 0
    assert capsys.readouterr().out == "ready\n"
    assert run(["logs", "etdc"]) == 1
    assert capsys.readouterr().err == "There is no log of 'etdc'. The cluster has: etcd.\n"


@pytest.mark.parametrize("found", [[], ["interface atm0", "process 7"]])
def test_leftovers_are_an_error(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: list[str]
) -> None:
    monkeypatch.setattr(cluster, "leftovers", lambda: found)
    assert run(["leftovers"]) == (1 if found else 0)
    assert capsys.readouterr().out.splitlines() == (found or ["nothing"])
