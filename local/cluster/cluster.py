"""Bring the local cluster up, down, and say how it is.

Every step of `up` looks at what is there and does what is missing: run again after an interruption, it goes on.
"""

import datetime
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from local.cluster import addons, bootstrap, cgroups, config, supervision
from local.cluster.api import Api
from local.cluster.config import Edge
from local.cluster.daemons import Daemon, daemons
from local.cluster.errors import ClusterError
from local.cluster.network import Network, host_networks, require_free
from local.cluster.paths import Paths
from local.cluster.pki import Pki, write_private

EDGE_PORT = 8080


class Progress(Protocol):
    """Told what `up` and `down` do next."""

    def step(self, name: str) -> None:
        """Begin a step; the one before has ended."""


class Cluster:
    """One cluster; a machine can have several, each with a state, a network and a port of its own."""

    def __init__(self, paths: Paths, network: Network, edge_port: int) -> None:
        self.paths = paths
        self.network = network
        self.edge_port = edge_port
        self.pki = Pki(paths.pki, network)

    @classmethod
    def from_environment(cls) -> "Cluster":
        """Read `A_TU_MANO_STATE`, `A_TU_MANO_CACHE`, `A_TU_MANO_NETWORK` and `A_TU_MANO_EDGE_PORT` (default 8080).

        Raises:
            ClusterError: one of them is not usable.
        """
        text = os.environ.get("A_TU_MANO_EDGE_PORT") or str(EDGE_PORT)
        if not text.isdecimal() or not 0 < int(text) < 1 << 16:
            message = f"A_TU_MANO_EDGE_PORT is {text!r}, not a port. Set it to a number from 1 to 65535."
            raise ClusterError(message)
        return cls(Paths.from_environment(), Network.from_environment(), int(text))

    @property
    def edge_url(self) -> str:
        """Where a browser on this machine finds the shop."""
        return f"http://localhost:{self.edge_port}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig, context `a-tu-mano`."""
        return self.paths.kubeconfig

    @property
    def _interface(self) -> Path:
        return Path("/sys/class/net") / self.network.interface

    def up(self, progress: Progress) -> None:
        """Bring the cluster up, or go on from where an earlier `up` was interrupted.

        Raises:
            ClusterError: something on this machine stands in the way; says what and what to do.
        """
        _require_root()
        with self._lock():
            progress.step("certificates and settings")
            programs = daemons(self.paths, self.network, self.pki, addons.envoy_binary())
            edge = Edge(self.edge_port, _loopback_addresses())
            settings = self._write_settings(programs, edge)
            began = datetime.datetime.now(datetime.UTC)
            if self._running_with() != settings:
                progress.step("node")
                self._start_node(edge)
                self._settings_mark.write_text(settings)
            with Api(self.network, self.pki) as api:
                self._start_daemons(programs, api, progress)
                progress.step("add-ons")
                addons.apply(self.paths, self.network, self.pki, api)
                if self._settings_mark.stat().st_mtime >= began.timestamp():
                    self._wait("an add-on", lambda: bootstrap.system_ready(api, began))

    def down(self, progress: Progress) -> None:
        """Remove the cluster and all it kept.

        Raises:
            ClusterError: something of it can't be removed.
        """
        _require_root()
        with self._lock():
            progress.step("node")
            self._stop_node()
            progress.step("state")
            shutil.rmtree(self.paths.state, ignore_errors=True)
            if self.paths.state.exists():
                shutil.rmtree(self.paths.state)
            shutil.rmtree(self.paths.run, ignore_errors=True)

    def status(self) -> list[supervision.DaemonStatus]:
        """Return how every daemon is.

        Raises:
            ClusterError: the cluster is not running, or may not be looked at.
        """
        _require_root()
        return supervision.status(self.paths)

    def leftovers(self) -> list[str]:
        """List what of the cluster exists on the host, one line each; nothing after `down`."""
        found = [f"process {pid}" for pid in supervision.processes(self.paths)]
        found += [f"cgroup {group}" for group in cgroups.existing(self.network.cgroup)]
        found += [f"directory {path}" for path in (self.paths.state, self.paths.run) if path.exists()]
        if self._interface.exists():
            found.append(f"interface {self.network.interface}")
        routes = subprocess.run(
            ["ip", "route", "show", "root", str(self.network.block)], capture_output=True, text=True, check=False
        )
        found += [f"route {route.strip()}" for route in routes.stdout.splitlines()]
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        own = (str(self.paths.state), str(self.paths.run))
        return found + [f"mount {line.split()[1]}" for line in mounts if line.split()[1].startswith(own)]

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One `up` or `down` at a time; the lock ends with its process."""
        path = self.paths.run.with_suffix(".lock")
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                message = "Another `up` or `down` of the cluster is at work. Wait for it to end."
                raise ClusterError(message) from None
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    @property
    def _settings_mark(self) -> Path:
        """What the running node was started with; gone with it, because it lies beside its sockets."""
        return self.paths.run / "settings"

    def _write_settings(self, programs: list[Daemon], edge: Edge) -> str:
        """Write all that the daemons read; returns the content's digest."""
        for directory in (self.paths.state, self.paths.state / "etcd", self.paths.logs):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
        self.pki.ensure()
        write_private(self.paths.kubeconfig, self.pki.kubeconfig("admin").read_bytes())
        pause = addons.pause_image(self.paths).reference
        config.write_all(self.paths, self.network, self.pki, programs=programs, edge=edge, pause_image=pause)
        digest = hashlib.sha256()
        for directory in (self.paths.pki, self.paths.config):
            for file in sorted(path for path in directory.rglob("*") if path.is_file()):
                digest.update(f"{file}\0".encode() + file.read_bytes())
        return digest.hexdigest()

    def _running_with(self) -> str | None:
        """Return the settings' digest of the node that runs, None where none does."""
        alive = supervision.find_node(self.paths) is not None and supervision.answers(self.paths)
        return self._settings_mark.read_text() if alive and self._settings_mark.exists() else None

    def _start_node(self, edge: Edge) -> None:
        self._stop_node()
        require_free(self.network, host_networks(self.network))
        edge.require_free()
        cgroups.create(self.network.cgroup)
        supervision.start(self.paths)

    def _stop_node(self) -> None:
        supervision.stop(self.paths)
        deadline = time.monotonic() + 5
        while self._interface.exists():
            # The kernel takes the interface away a moment after the node's last process.
            if time.monotonic() > deadline:
                message = (
                    f"{self.network.interface} belongs to a cluster whose state is not {self.paths.state}. "
                    "End that one, or set A_TU_MANO_NETWORK to another /16 to have both."
                )
                raise ClusterError(message)
            time.sleep(0.05)
        cgroups.remove(self.network.cgroup)

    def _start_daemons(self, programs: list[Daemon], api: Api, progress: Progress) -> None:
        def begin(stage: int) -> None:
            for daemon in programs:
                if daemon.stage == stage:
                    supervision.start_daemon(self.paths, daemon.name)

        begin(0)
        begin(1)
        progress.step("images")
        self._wait("containerd", self.paths.containerd_socket.exists)
        addons.load_images(self.paths)
        progress.step("API server")
        self._wait("the API server", api.ready)
        bootstrap.apply(api, self.pki)
        progress.step("node ready")
        # The policies' daemon ends when there is no node yet; where there is one, pods start only behind it.
        first, second = (3, 2) if bootstrap.node_known(api) else (2, 3)
        begin(first)
        self._wait("the node's registration", lambda: bootstrap.node_known(api))
        begin(second)
        self._wait("the node", lambda: bootstrap.node_ready(api))

    def _wait(self, what: str, ready: Callable[[], bool], *, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            supervision.require_healthy(self.paths)
            if time.monotonic() > deadline:
                message = f"{what} is not ready after {seconds:.0f} s. Look at the logs in {self.paths.logs}."
                raise ClusterError(message)
            time.sleep(0.1)


def _require_root() -> None:
    if os.geteuid() != 0:
        message = (
            f"You are user {os.geteuid()}; a node needs namespaces, mounts and cgroups, which only root may make. "
            "Run the command as root, or use a Kubernetes of your own (docs/limits.md)."
        )
        raise ClusterError(message)


def _loopback_addresses() -> list[str]:
    """IPv6's loopback only where the machine has one."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return ["127.0.0.1"]
    return ["127.0.0.1", "::1"]
