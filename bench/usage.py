"""What a command and the processes that it starts use: time, and of each kind of process CPU time and memory."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from bench.processes import cpu_seconds

_LOOK_SECONDS: Final = 0.05
_KINDS: Final = {
    "program": "pulumi-language-python-exec",
    "emulated provider": "local.gcp.provider",
    "Kubernetes provider": "pulumi-resource-kubernetes",
    "policy pack": "\0-m\0policies\0",
}
"""What the command line of a process has in it that is not the engine."""


@dataclass(slots=True)
class Process:
    """What one process, or all of a kind, used."""

    cpu: float = 0.0
    """Seconds of processor time until it was last looked at, 0.05 s before its end at most."""
    memory: float = 0.0
    """Largest resident memory in MiB."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command used."""

    seconds: float
    kinds: Mapping[str, Process]
    """By kind: "program", "emulated provider", "Kubernetes provider", "policy pack", "engine"."""


def run(command: Sequence[str], where: Path, env: Mapping[str, str]) -> Usage:
    """Run a command to its end and look at its processes meanwhile.

    Raises:
        RuntimeError: It failed.
    """
    began = monotonic()
    with subprocess.Popen(
        command, cwd=where, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        ended = threading.Event()
        found: dict[int, tuple[str, Process]] = {}
        watch = threading.Thread(target=_watch, args=(child.pid, found, ended))
        watch.start()
        printed, _ = child.communicate()
        seconds = monotonic() - began
        ended.set()
        watch.join()
    if child.returncode != 0:
        msg = f"`{' '.join(command[:3])}` failed: {printed.strip()[-3000:]}"
        raise RuntimeError(msg)
    kinds: dict[str, Process] = {}
    for kind, process in found.values():
        all_of = kinds.setdefault(kind, Process())
        all_of.cpu += process.cpu
        all_of.memory += process.memory
    return Usage(seconds, kinds)


def _watch(root: int, found: dict[int, tuple[str, Process]], ended: threading.Event) -> None:
    while not ended.wait(_LOOK_SECONDS):
        for pid in _family(root):
            # It may be gone by now.
            with suppress(OSError, StopIteration, IndexError):
                cpu, memory = cpu_seconds(pid), _memory(pid)
                # A process that was just started still has the command line of the one that started it.
                _, process = found.get(pid, ("", Process()))
                process.cpu, process.memory = cpu, memory
                found[pid] = (_kind(pid), process)


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                for child in Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split():
                    yield from _family(int(child))


def _kind(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    return next((kind for kind, mark in _KINDS.items() if mark in command), "engine")


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
