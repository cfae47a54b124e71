"""`python -m local.cluster up|down|status|logs DAEMON|leftovers|load ARCHIVE`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.cluster import images
from local.cluster.cluster import Cluster
from local.cluster.errors import ClusterError
from local.cluster.supervision import tail


class _Lines:
    """One line for each step, with the time it took."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._began = time.monotonic()

    def step(self, name: str) -> None:
        self.end()
        self._name, self._began = name, time.monotonic()

    def end(self) -> None:
        if self._name is not None:
            _say(f"{self._name}: {time.monotonic() - self._began:.1f} s")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.cluster", description="The one-node Kubernetes.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="bring it up; does what is missing")
    commands.add_parser("down", help="remove it with all it kept")
    commands.add_parser("status", help="every daemon's state")
    commands.add_parser("leftovers", help="what of it exists on this machine; nothing after `down`")
    commands.add_parser("logs", help="a daemon's log").add_argument("daemon")
    commands.add_parser("load", help="give the node an archive's images").add_argument("archive", type=Path)
    return parser


def _show_status(cluster: Cluster) -> int:
    daemons = cluster.status()
    for daemon in daemons:
        _say(
            f"{daemon.name:24} {daemon.state:9} pid {daemon.pid:<8} up {daemon.uptime:>6} s  restarts {daemon.restarts}"
        )
    down = [daemon.name for daemon in daemons if daemon.state != "RUNNING"]
    for name in down:
        _say(f"\nThe end of {name}'s log:{tail(cluster.paths.logs / f'{name}.log')}")
    return 1 if down else 0


def _show_log(cluster: Cluster, daemon: str) -> int:
    log = cluster.paths.logs / f"{daemon}.log"
    if not log.exists():
        known = ", ".join(sorted(path.stem for path in cluster.paths.logs.glob("*.log"))) or "none, it is not up"
        message = f"There is no log of {daemon!r}. The cluster has: {known}."
        raise ClusterError(message)
    _say(log.read_text(errors="replace"))
    return 0


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    options = _parser().parse_args(arguments)
    progress = _Lines()
    try:
        cluster = Cluster.from_environment()
        match options.command:
            case "up":
                cluster.up(progress)
            case "down":
                cluster.down(progress)
            case "status":
                return _show_status(cluster)
            case "logs":
                return _show_log(cluster, options.daemon)
            case "load":
                images.load_image(options.archive, cluster.paths)
            case "leftovers":
                found = cluster.leftovers()
                _say("\n".join(found) or "nothing")
                return 1 if found else 0
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    progress.end()
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
