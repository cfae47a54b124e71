"""Where the local cluster keeps its things on the host."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.paths import CACHE, REPOSITORY, STATE


@dataclass(frozen=True)
class Paths:
    """The host's side of the cluster.

    `state` is removed by `down`; `cache` holds what the toolchain built (`bin/`, `charts/`, `pulumi/`) and stays.
    """

    state: Path
    cache: Path
    run: Path
    """Sockets, seen by the host and the node alike; short, because a socket's path ends at 107 characters."""

    @classmethod
    def from_environment(cls) -> "Paths":
        """Take the project's own state and cache directories (see `local.paths`).

        Raises:
            ClusterError: the network's variable is not usable; sockets lie apart by network.
        """
        run = Path(f"/run/a-tu-mano-{Network.from_environment().slug}")
        return cls(state=STATE / "cluster", cache=CACHE, run=run)

    @property
    def bin(self) -> Path:
        """The programs the toolchain built."""
        return self.cache / "bin"

    @property
    def charts(self) -> Path:
        """Envoy Gateway's Helm charts, `gateway-helm` among them."""
        return self.cache / "charts"

    @property
    def pulumi_home(self) -> Path:
        """The engine's plugins, the Kubernetes provider among them."""
        return self.cache / "pulumi"

    @property
    def pki(self) -> Path:
        """Certificates and keys."""
        return self.state / "pki"

    @property
    def config(self) -> Path:
        """What the daemons are told; written by `up`."""
        return self.state / "config"

    @property
    def logs(self) -> Path:
        """One file a daemon, rotated."""
        return self.state / "logs"

    @property
    def node(self) -> Path:
        """The directories the node sees as its own `/tmp`, `/var/lib` and `/var/log`."""
        return self.state / "node"

    @property
    def addons(self) -> Path:
        """The engine's state of the add-ons and the archives of their images."""
        return self.state / "addons"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's way in, context `a-tu-mano`."""
        return self.state / "kubeconfig"

    @property
    def supervisor_config(self) -> Path:
        """Also what tells the node's processes from all others: its path is an argument of theirs."""
        return self.config / "supervisord.conf"

    @property
    def supervisor_socket(self) -> Path:
        """Where the supervisor answers, root only."""
        return self.run / "supervisor.sock"

    @property
    def containerd_socket(self) -> Path:
        """Where containerd answers, root only."""
        return self.run / "containerd.sock"

    def program(self, name: str) -> str:
        """Find a program that the toolchain built, or that Debian installed.

        Raises:
            ClusterError: it is in neither place.
        """
        if (self.bin / name).exists():
            return str(self.bin / name)
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin")
        if found is None:
            message = f"{name} is neither in {self.bin} nor installed. The cluster needs it. Run `make setup`."
            raise ClusterError(message)
        return found

    def needed_inside(self) -> list[Path]:
        """List what the node must go on seeing although it gets directories of its own in place of the host's."""
        interpreter = {Path(sys.prefix), Path(sys.base_prefix)}
        return [self.state, self.cache, REPOSITORY, self.run, *sorted(interpreter)]
