"""`make report STACK=prod` against checkov's own command line on plan and manifests; and from 4 to 200 services.

The report runs every judge and writes every format, and judges the other stack and the repository's files as well; the
command line judges the plan and the manifests of the one stack.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Final

import yaml

from bench import services
from bench.harness import Limit, Row, interleaved, judged, ratios, say, short
from infra import settings_file
from policies.second_opinion import hand_over
from policies.second_opinion.environment import PYTHON, ensure
from policies.sources.program import capture

STACK: Final = "prod"
ROUNDS: Final = 5
RATIO: Final = Limit(must=1.5, aim=1.0, unit="x")
SECONDS: Final = Limit(must=60, aim=30, unit=" s")
MEMORY: Final = Limit(must=1000, aim=500, unit=" MiB")
_LARGEST: Final = services.SIZES[-1]


def measure() -> list[Row]:
    """Both in turns; then the report alone at each size."""
    return [_against_checkov(), *_by_size()]


def _against_checkov() -> Row:
    ensure()
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        given = Path(folder, "given")
        given.mkdir()
        hand_over(capture(STACK), given)
        _report(folder, {})  # What is cached of files that do not change is so in every run but the first.
        ours, theirs = interleaved(ROUNDS, lambda: _report(folder, {})[0], _command_line(str(given)))
    ratio = ratios(ours, theirs)
    measured = f"{ratio}x; {ours} s against {theirs} s"
    how = (
        f"{ROUNDS} interleaved rounds; ours judges both stacks and all files and writes every report, "
        "theirs judges the plan and the manifests of prod, offline"
    )
    return judged(f"`make report STACK={STACK}` against checkov's command line", ratio.median, measured, RATIO, how)


def _command_line(folder: str) -> Callable[[], float]:
    command = [
        str(PYTHON), "-m", "checkov.main", "--framework", "terraform_plan", "kubernetes", "--directory", folder,
        "--skip-download", "--compact", "--quiet", "--output", "json", "--soft-fail",
    ]  # fmt: skip
    return lambda: _timed(command, {"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "ERROR"})[0]


def _by_size() -> list[Row]:
    seconds, memory = [], []
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        for size in services.SIZES:
            file = Path(folder, f"{size}.yaml")
            config = services.settings(size)
            config.pop("a-tu-mano:rehearsal", None)
            file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
            took, used = _report(folder, {settings_file.FILE_VARIABLE: str(file)})
            seconds.append(took)
            memory.append(used)
            say(f"  {size} services: {took:.1f} s, {used:.0f} MiB")
    rows = []
    for what, values, limit in (("time", seconds, SECONDS), ("memory", memory, MEMORY)):
        straight = statistics.correlation(services.SIZES, values) ** 2
        shown = ", ".join(f"{size}: {short(value)}" for size, value in zip(services.SIZES, values, strict=True))
        linear = "linear" if straight >= services.STRAIGHT else "NOT LINEAR"
        measured = f"{short(values[-1])}{limit.unit}; {linear} (R² {straight:.4f}): {shown}"
        how = "once at each size; resident memory of the largest of its processes"
        rows.append(judged(f"report on {_LARGEST} services: {what}", values[-1], measured, limit, how))
    return rows


def _report(folder: str, environment: Mapping[str, str]) -> tuple[float, float]:
    command = [sys.executable, "-m", "policies.report", STACK, "--fail-on", "critical", "--to", f"{folder}/report"]
    return _timed(command, environment)


def _timed(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds, and the largest resident memory in MiB of a process of the command."""
    began = monotonic()
    process = os.posix_spawn(
        command[0],
        command,
        {**os.environ, **environment},
        file_actions=[(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0o600) for descriptor in (1, 2)],
    )
    _, status, usage = os.wait4(process, 0)
    seconds = monotonic() - began
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        msg = f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}."
        raise RuntimeError(msg)
    return seconds, usage.ru_maxrss / 1024
