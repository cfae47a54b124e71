"""`make doctor`: what `make up` needs and this machine lacks, each with what to do. Standard library only."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local import environment, packages
from local.paths import BIN, CACHE, STATE
from local.steps import StepFailedError
from local.toolchain import build

DISK_GIB, MEMORY_GIB = 20, 6
"""Free disk for a first build (Go's own caches take most of it) and memory for the cluster with the shop."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: `advice` is empty when it is as it must be."""

    what: str
    found: str
    advice: str = ""
    fatal: bool = True


def checks() -> Iterator[Check]:
    """Look at everything, in the order that `make up` needs it."""
    version = sys.version.split()[0]
    old = sys.version_info < environment.REQUIRED
    yield Check("Python", version, "Install Python 3.11 or newer." if old else "")
    root = os.geteuid() == 0
    yield Check(
        "user",
        "root" if root else f"user {os.geteuid()}",
        ""
        if root
        else "Run as root: a node needs namespaces and mounts. Or name a cluster of yours: make up CONTEXT=NAME.",
    )
    yield _debian()
    yield _go()
    missing = packages.missing()
    yield Check(
        "Debian packages",
        f"missing: {', '.join(missing)}" if missing else "all there",
        "`make up` installs them." if missing else "",
        fatal=False,
    )
    current = environment.is_current()
    yield Check(
        ".venv",
        "as the locks say" if current else "missing or old",
        "" if current else "`make up` makes it.",
        fatal=False,
    )
    built = (BIN / "kubernetes").exists() and (BIN / "pulumi").exists()
    yield Check(
        "built tools",
        f"in {CACHE}" if built else "missing",
        "" if built else "`make up` builds them; the first time took 22 minutes on two busy cores.",
        fatal=False,
    )
    yield _at_least(
        "free disk",
        shutil.disk_usage(_existing(CACHE)).free,
        2 if built else DISK_GIB,
        "Free some, or set A_TU_MANO_CACHE to a bigger disk.",
    )
    yield _at_least(
        "memory", os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), MEMORY_GIB, "Use a machine with more."
    )
    up = STATE.exists()
    yield Check("shop", f"state in {STATE}" if up else "not up", "" if up else "Run `make up`.", fatal=False)


def _debian() -> Check:
    release = Path("/etc/os-release")
    lines = release.read_text(encoding="utf-8").splitlines() if release.exists() else []
    facts = dict(line.replace('"', "").split("=", 1) for line in lines if "=" in line)
    fits = facts.get("ID") == "debian" and facts.get("VERSION_ID") == "12"
    advice = "Debian 12 is what all of it is proven on; images are made from its packages."
    return Check("system", facts.get("PRETTY_NAME", "unknown"), "" if fits else advice, fatal=False)


def _go() -> Check:
    if (BIN / "kubernetes").exists():
        return Check("Go", "not needed, the tools are built")
    try:
        return Check("Go", build.go())
    except StepFailedError as error:
        return Check("Go", "missing or old", f"{error} Install it from go.dev/dl.")


def _at_least(what: str, number: int, gib: int, advice: str) -> Check:
    found = number / (1 << 30)
    return Check(what, f"{found:.0f} GiB", "" if found >= gib else f"At least {gib} GiB are required. {advice}")


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def main() -> int:
    """Print the checks; returns 1 if one of them stops `make up`."""
    found = list(checks())
    for check in found:
        mark = "✓" if not check.advice else ("✗" if check.fatal else "·")
        _say(f"  {mark} {check.what:<16} {check.found}")
        if check.advice:
            _say(f"    {check.advice}")
    stops = [check.what for check in found if check.advice and check.fatal]
    _say(f"\n`make up` can't run yet: {', '.join(stops)}." if stops else "\n`make up` can run.")
    return 1 if stops else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
