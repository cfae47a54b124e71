"""What of the end-to-end shop can be seen on the host."""

import subprocess
from pathlib import Path

MARKS = ("a-tu-mano-e2e", "a-tu-mano-10-91", "atm-10-91", "10.91.")
"""Its state, its run directory and cgroup, its interface, its addresses."""
LOOKS = (
    ["ip", "-oneline", "link"],
    ["ip", "-oneline", "address"],
    ["ip", "route", "show", "table", "all"],
    ["ip", "neighbour"],
    ["nft", "list", "ruleset"],
    ["ss", "-Hltn"],
    ["cat", "/proc/self/mounts"],
    ["find", "/run", "/sys/fs/cgroup", "-maxdepth", "2", "-name", "*a-tu-mano-*"],
)


def traces() -> list[str]:
    """Every interface, address, route, firewall rule, listener, mount, cgroup and program with a mark."""
    lines = [line for look in LOOKS for line in _lines(look)] + [_program(path) for path in Path("/proc").iterdir()]
    return [line for line in lines if any(mark in line for mark in MARKS)]


def _lines(command: list[str]) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _program(path: Path) -> str:
    """Command line of what the node ran; whoever runs the tests may have a mark in a command line, too."""
    try:
        words = (path / "cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
    except OSError:
        return ""
    return words if "/run/a-tu-mano-" in words or "/cluster/" in words else ""
