"""What every measurement needs: medians, verdicts, the machine, and the table in docs/benchmarks.md."""

import os
import re
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.paths import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
HEAD = "| what | must | aim | median (lowest to highest) | verdict | load, UTC | how |\n|---|---|---|---|---|---|---|"
QUIET_LOAD = 2.5
"""Load average of one minute from which on a figure is marked as noisy: more than two cores' work waits."""


@dataclass(frozen=True)
class Sample:
    """Several values of one figure."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Median and spread, e.g. "10.1 (9.8 to 12.3)"."""
        return f"{short(self.median)} ({short(min(self.values))} to {short(max(self.values))})"


def short(value: float) -> str:
    """Three significant digits, and all of a whole number's."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a figure must reach, what it aims at, and in which direction."""

    must: float
    aim: float
    unit: str = ""
    more: bool = False
    """Whether more is better."""

    def verdict(self, value: float) -> str:
        """Say "aim met", "must met" or "MISSED"."""
        sign = -1 if self.more else 1
        if sign * value <= sign * self.aim:
            return "aim met"
        return "must met" if sign * value <= sign * self.must else "MISSED"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table; `what` is its key."""

    what: str
    measured: str
    how: str
    must: str = ""
    aim: str = ""
    verdict: str = "recorded"

    def line(self, conditions: str) -> str:
        """The line, with what the machine was busy with."""
        cells = (self.what, self.must, self.aim, self.measured, self.verdict, conditions, self.how)
        return f"| {' | '.join(cells)} |"


def judged(what: str, value: float, measured: str, limit: Limit, how: str) -> Row:
    """A row for a figure that has a limit."""
    texts = {name: f"{short(getattr(limit, name))}{limit.unit}" for name in ("must", "aim")}
    return Row(what=what, measured=measured, how=how, verdict=limit.verdict(value), **texts)


def interleaved(rounds: int, *measures: Callable[[], float]) -> list[Sample]:
    """Run each of `measures` once a round, another one first each time: what disturbs the machine disturbs all."""
    values: list[list[float]] = [[] for _ in measures]
    for turn in range(rounds):
        for step in range(len(measures)):
            which = (turn + step) % len(measures)
            values[which].append(measures[which]())
    return [Sample(each) for each in values]


def ratios(ours: Sample, theirs: Sample) -> Sample:
    """Ours by theirs, round by round."""
    return Sample([one / other for one, other in zip(ours.values, theirs.values, strict=True)])


def machine() -> str:
    """The machine in a sentence."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = os.uname().release
    name = model[1].strip() if model else "unknown model"
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB of memory, Linux {kernel}."


def conditions() -> str:
    """Load and time, and whether that is noisy."""
    load = os.getloadavg()[0]
    return f"{load:.1f}{' (noisy)' if load > QUIET_LOAD else ''}, {datetime.now(UTC):%Y-%m-%d %H:%M}"


def merged(document: str, machine: str, lines: Sequence[str]) -> str:
    """`document` with `lines` in its table: each in the place of the line with the same first cell, or at the end."""
    before, _, rest = document.partition(BEGIN)
    inside, _, after = rest.partition(END)
    rows = {_key(line): line for line in inside.splitlines() if line.startswith("| ") and not HEAD.startswith(line)}
    rows |= {_key(line): line for line in lines}
    return "\n".join([f"{before}{BEGIN}", f"Machine: {machine}", "", HEAD, *rows.values(), "", f"{END}{after}"])


def record(rows: Sequence[Row]) -> None:
    """Write `rows` into docs/benchmarks.md; everything else in it stays."""
    now = conditions()
    text = merged(DOCUMENT.read_text(encoding="utf-8"), machine(), [row.line(now) for row in rows])
    DOCUMENT.write_text(text, encoding="utf-8")


def make(target: str) -> str:
    """Run `make` in the repository; returns what it printed.

    Raises:
        RuntimeError: It failed.
    """
    done = subprocess.run(["make", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"`make {target}` failed, so nothing can be measured:\n{done.stderr[-3000:]}"
        raise RuntimeError(msg)
    return done.stdout + done.stderr


def say(text: str) -> None:
    """Tell the user."""
    print(text, flush=True)  # noqa: T201


def _key(line: str) -> str:
    return line.split("|")[1].strip()
