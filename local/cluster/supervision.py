"""The node's supervisor, seen from the host: start it, find it, ask it, stop it."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from local.cluster.errors import ClusterError
from local.cluster.paths import Paths
from local.paths import REPOSITORY

_NO_WAIT = False


@dataclass(frozen=True)
class DaemonStatus:
    """What the supervisor says of one daemon; `uptime` in seconds, `pid` as the host counts, 0 when not running."""

    name: str
    state: str
    pid: int
    uptime: int
    restarts: int


def processes(paths: Paths) -> Iterator[int]:
    """Yield the host's process ids of everything that was started for this cluster's supervisor."""
    mark = str(paths.supervisor_config).encode()
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal() and int(directory.name) != os.getpid():
            try:
                arguments = (directory / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in arguments:
                yield int(directory.name)


def _namespace_ids(pid: int) -> list[int]:
    """Read a process's ids, from the host's namespace inwards."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return []
    found = re.search(r"^NSpid:\s*(.*)$", status, re.MULTILINE)
    return [int(number) for number in found[1].split()] if found else []


def find_node(paths: Paths) -> int | None:
    """Return the host's process id of the node's process 1, or None."""
    for pid in processes(paths):
        ids = _namespace_ids(pid)
        if len(ids) > 1 and ids[-1] == 1:
            return pid
    return None


def start(paths: Paths) -> None:
    """Start the node and wait until its supervisor answers.

    Raises:
        ClusterError: the node ended, or its supervisor didn't answer within 20 s; the message has the log's end.
    """
    log = paths.logs / "node.log"
    _prepare_run_directory(paths)
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    node = [sys.executable, "-m", "local.cluster.node", str(paths.supervisor_config)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*namespaces, *node],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=REPOSITORY,
            start_new_session=True,
        )
    deadline = time.monotonic() + 20
    while not answers(paths):
        if process.poll() is not None or time.monotonic() > deadline:
            message = f"The node did not start. {tail(log)}Its log is {log}."
            raise ClusterError(message)
        time.sleep(0.05)


def stop(paths: Paths) -> None:
    """Kill the node's process 1; the kernel ends all the others, and with the last one mounts and network go.

    Raises:
        ClusterError: it didn't end within 30 s.
    """
    node = find_node(paths)
    while node is not None:
        descriptor = os.pidfd_open(node)
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            ended, _, _ = select.select([descriptor], [], [], 30)
        finally:
            os.close(descriptor)
        if not ended:
            message = f"Process {node} of the cluster does not end. Look at /proc/{node}/stack, then run `down` again."
            raise ClusterError(message)
        node = find_node(paths)
    for pid in list(processes(paths)):
        os.kill(pid, signal.SIGKILL)


def _ask(paths: Paths, method: str, *arguments: object) -> Any:
    transport = SupervisorTransport(None, None, f"unix://{paths.supervisor_socket}")
    with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
        return getattr(server.supervisor, method)(*arguments)


def answers(paths: Paths) -> bool:
    """Tell whether a supervisor answers."""
    if not paths.supervisor_socket.exists():
        return False
    try:
        return bool(_ask(paths, "getState")["statename"] == "RUNNING")
    except OSError:
        return False


def start_daemon(paths: Paths, name: str) -> None:
    """Start a daemon unless it runs; returns at once."""
    try:
        _ask(paths, "startProcess", name, _NO_WAIT)
    except xmlrpc.client.Fault as fault:
        if "ALREADY_STARTED" not in fault.faultString:
            message = f"The supervisor can't start {name}: {fault.faultString}. See {paths.logs / name}.log."
            raise ClusterError(message) from None


def status(paths: Paths) -> list[DaemonStatus]:
    """Ask for every daemon's state, in the order of the supervisor's configuration.

    Raises:
        ClusterError: no supervisor answers.
    """
    if not answers(paths):
        message = "The cluster is not running. Start it with `make up` or `python -m local.cluster up`."
        raise ClusterError(message)
    answer = cast("list[dict[str, Any]]", _ask(paths, "getAllProcessInfo"))
    log = paths.logs / "supervisord.log"
    history = log.read_text(errors="replace") if log.exists() else ""
    history = history[history.rfind("supervisord started with pid") :]
    hosts = _host_pids(paths)
    return [
        DaemonStatus(
            name=info["name"],
            state=info["statename"],
            pid=hosts.get(info["pid"], 0),
            uptime=max(0, info["now"] - info["start"]) if info["statename"] == "RUNNING" else 0,
            restarts=max(0, history.count(f"spawned: '{info['name']}'") - 1),
        )
        for info in answer
    ]


def _host_pids(paths: Paths) -> dict[int, int]:
    """Map the node's process ids to the host's."""
    node = find_node(paths)
    if node is None:
        return {}
    children = Path(f"/proc/{node}/task/{node}/children").read_text().split()
    return {_namespace_ids(int(pid))[-1]: int(pid) for pid in children if _namespace_ids(int(pid))}


def tail(log: Path, lines: int = 12) -> str:
    """Return a log's last lines as a paragraph, empty when there are none."""
    if not log.exists():
        return ""
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return "".join(f"\n    {line}" for line in text) + "\n" if text else ""


def require_healthy(paths: Paths) -> None:
    """Refuse a daemon that the supervisor gave up on.

    Raises:
        ClusterError: names it, with the end of its log.
    """
    for daemon in status(paths):
        if daemon.state in {"FATAL", "EXITED", "UNKNOWN"}:
            log = paths.logs / f"{daemon.name}.log"
            message = f"{daemon.name} does not stay up ({daemon.state}). The end of {log}:{tail(log)}"
            raise ClusterError(message)


def _prepare_run_directory(paths: Paths) -> None:
    """Make the directory of sockets anew, for root only: a dead daemon's socket would look like a living one's."""
    shutil.rmtree(paths.run, ignore_errors=True)
    paths.run.mkdir(mode=0o700)
