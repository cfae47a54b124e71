"""A real supervisor, daemons of the host's network; the node's namespaces are for the tests of the whole cluster."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.cluster import supervision
from local.cluster.daemons import Daemon, supervisor_config
from local.cluster.errors import ClusterError
from local.cluster.paths import Paths


@pytest.fixture
def own_paths(paths: Paths) -> Paths:
    """Paths at which a supervisor can start."""
    for directory in (paths.config, paths.logs, paths.run):
        directory.mkdir(parents=True)
    return paths


@pytest.fixture
def supervisor(own_paths: Paths) -> Iterator[Paths]:
    programs = [
        Daemon("steady", 0, ["sleep", "60"], in_host_network=True),
        Daemon("broken", 0, [sys.executable, "-c", "raise(SystemExit('no such disk'))"], in_host_network=True),
    ]
    text = supervisor_config(own_paths, programs).replace("startretries=8", "startretries=0")
    own_paths.supervisor_config.write_text(text)
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(own_paths.supervisor_config)]
    process = subprocess.Popen(command)
    try:
        wait_until(lambda: supervision.answers(own_paths))
        yield own_paths
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def state(paths: Paths, name: str) -> supervision.DaemonStatus:
    (found,) = [daemon for daemon in supervision.status(paths) if daemon.name == name]
    return found


def test_daemons_start_when_asked_and_twice_is_once(supervisor: Paths) -> None:
    assert state(supervisor, "steady").state == "STOPPED"
    supervision.start_daemon(supervisor, "steady")
    supervision.start_daemon(supervisor, "steady")
    wait_until(lambda: state(supervisor, "steady").state == "RUNNING")
    assert state(supervisor, "steady").restarts == 0
    supervision.require_healthy(supervisor)


def test_a_daemon_that_dies_is_started_again_and_counted(supervisor: Paths) -> None:
    supervision.start_daemon(supervisor, "steady")
    wait_until(lambda: state(supervisor, "steady").state == "RUNNING")
    (parent,) = supervision.processes(supervisor)
    (child,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    wait_until(lambda: state(supervisor, "steady").restarts == 1)


def test_a_daemon_that_does_not_stay_up_is_named_with_its_last_words(supervisor: Paths) -> None:
    supervision.start_daemon(supervisor, "broken")
    wait_until(lambda: state(supervisor, "broken").state == "FATAL")
    with pytest.raises(ClusterError) as error:
        supervision.require_healthy(supervisor)
    log = supervisor.logs / "broken.log"
    assert str(error.value) == f"broken does not stay up (FATAL). The end of {log}:\n    no such disk\n"


def test_a_cluster_that_is_not_there_is_said_to_be_so(own_paths: Paths) -> None:
    with pytest.raises(ClusterError) as error:
        supervision.status(own_paths)
    assert str(error.value) == ("The cluster is not running. Start it with `make up` or `python -m local.cluster up`.")


def test_a_stale_socket_is_no_supervisor(own_paths: Paths) -> None:
    own_paths.supervisor_socket.touch()
    assert supervision.answers(own_paths) is False


def test_processes_are_known_by_the_path_of_the_configuration(own_paths: Paths) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "input()", str(own_paths.supervisor_config)], stdin=subprocess.PIPE
    )
    try:
        wait_until(lambda: process.pid in supervision.processes(own_paths))
        assert supervision.find_node(own_paths) is None
        supervision.stop(own_paths)
        assert process.wait(timeout=10) == -signal.SIGKILL
    finally:
        process.kill()
        process.communicate()
    assert list(supervision.processes(own_paths)) == []


def test_only_the_last_lines_of_a_log_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert supervision.tail(log) == ""
    log.write_text("\n".join(str(number) for number in range(100)))
    assert supervision.tail(log, lines=2) == "\n    98\n    99\n"
