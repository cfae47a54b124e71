"""The cluster's cgroup in every hierarchy of the host: version 1, version 2, or both side by side."""

import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def _hierarchies() -> list[Path]:
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    links_once = {path.resolve() for path in ROOT.iterdir() if path.is_dir()}
    return sorted(path for path in links_once if (path / "cgroup.procs").exists())


def existing(name: str) -> list[Path]:
    """List the cluster's cgroup wherever it exists."""
    return [path / name for path in _hierarchies() if (path / name).is_dir()]


def create(name: str) -> None:
    """Make the cluster's cgroup in every hierarchy: the kubelet wants its root to exist."""
    for hierarchy in _hierarchies():
        group = hierarchy / name / "daemons"
        group.mkdir(parents=True, exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # Version 1: a group without processors and memory nodes takes no process.
            if hierarchy.name == "cpuset":
                for child in (group.parent, group):
                    (child / setting).write_text((hierarchy / setting).read_text())


def join(name: str) -> None:
    """Move the calling process, and so all it starts, out of whatever session started it."""
    for group in existing(name):
        (group / "daemons" / "cgroup.procs").write_text("0")


def remove(name: str, *, seconds: float = 10) -> None:
    """Remove the cluster's cgroup with all below it; its processes must have ended.

    Raises:
        OSError: a process was still in it after `seconds`.
    """
    deadline = time.monotonic() + seconds
    for group in existing(name):
        below = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True)
        for directory in [*below, group]:
            _remove_one(directory, deadline)


def _remove_one(directory: Path, deadline: float) -> None:
    while directory.exists():
        try:
            directory.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            # The kernel needs a moment to forget the last process of a group.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
