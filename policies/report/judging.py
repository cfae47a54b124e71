"""Asks every judge about a stack, and puts together what they say."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from policies import cost, manifests, rules
from policies.capture import Capture
from policies.comparison import compare
from policies.model import Check, Finding, Severity, Status, Verdicts
from policies.report.assessment import Assessment, Base, Beside
from policies.report.base import base as base_named
from policies.report.base import commit
from policies.second_opinion import Opinion
from policies.sources.program import capture as capture_program
from policies.sources.program import stood_in
from policies.waivers import FILE, Waiver, apply, load

_BASE: Final = "the base"
_ORDER: Final = (
    Status.VIOLATED,
    Status.WAIVED,
    Status.NOT_EVALUATED,
    Status.COMPLIANT,
    Status.NOT_APPLICABLE,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a user wants judged."""

    stack: str
    source: Callable[[], Capture] | None = None
    """Where its capture comes from; None asks the program."""
    base: str | None = None
    """A file or a revision of git to compare with."""
    beside: str | None = None
    """Another stack to show beside it."""
    threshold: Severity = Severity.LOW
    usage: Mapping[str, Any] | None = None
    """What is used in a month, over the assumptions of policies/cost."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A stack, and what all judges say of it after waivers."""

    capture: Capture
    checks: Mapping[str, Check]
    findings: tuple[Finding, ...]
    waivers: tuple[Waiver, ...]
    problems: tuple[str, ...]
    estimate: cost.Estimate | None
    notes: tuple[str, ...]
    facts: Mapping[str, Any]


def assess(asked: Asked) -> Assessment:
    """Judge a stack, and what it is compared with.

    Raises:
        ATuManoError: The settings have mistakes.
        CaptureError: A capture can't be had.
        OpinionError: There is no second opinion.
        WaiverError: The file of waivers can't be read.
        CostError: The prices or assumptions can't be read.
    """
    waivers = load(FILE)
    wanted: dict[str, Callable[[], Capture]] = {asked.stack: asked.source or (lambda: capture_program(asked.stack))}
    if (base := asked.base) is not None:
        wanted[_BASE] = lambda: base_named(base, asked.stack)
    if (beside := asked.beside) is not None:
        wanted[beside] = lambda: capture_program(beside)
    found = _all_judged(wanted, waivers, asked.usage)
    judged = found[asked.stack]
    return Assessment(
        stack=asked.stack,
        commit=commit(),
        made=datetime.now(UTC),
        capture=judged.capture,
        checks=judged.checks,
        findings=judged.findings,
        waivers=judged.waivers,
        waiver_problems=judged.problems,
        estimate=judged.estimate,
        threshold=asked.threshold,
        base=_base(base, found[_BASE], judged) if base is not None else None,
        other=_beside(beside, found[beside]) if beside is not None else None,
        notes=judged.notes,
        facts=judged.facts,
    )


def _all_judged(
    wanted: Mapping[str, Callable[[], Capture]], waivers: tuple[Waiver, ...], usage: Mapping[str, Any] | None
) -> dict[str, Judged]:
    """Each by every judge; checkov, which takes longest, is at work on all of them meanwhile."""
    with ExitStack() as open_ones, ThreadPoolExecutor() as threads:
        with _step("checkov is started"):
            opinions = {name: open_ones.enter_context(Opinion()) for name in wanted}
        said: dict[str, tuple[Capture, cost.Estimate, list[Verdicts], Future[Verdicts]]] = {}
        for name, source in wanted.items():
            with _step(f"{name} is captured"):
                capture = source()
            opinion = threads.submit(opinions[name].of, capture)
            with _step("rules, manifests, cost"):
                estimate = cost.estimate(capture, usage)
                verdicts = [rules.judge(capture), manifests.judge(capture), cost.verdicts(estimate)]
            said[name] = capture, estimate, verdicts, opinion
        with _step("checkov"):
            return {
                name: put_together(capture, [*verdicts, opinion.result()], waivers, estimate)
                for name, (capture, estimate, verdicts, opinion) in said.items()
            }


def put_together(
    capture: Capture, said: list[Verdicts], waivers: tuple[Waiver, ...], estimate: cost.Estimate
) -> Judged:
    """What all judges say, after waivers, the worst first."""
    checks = {check.id: check for verdicts in said for check in verdicts.checks}
    findings, problems = apply(
        [finding for verdicts in said for finding in verdicts.findings],
        waivers,
        capture.stack,
        checks,
        datetime.now(UTC).date(),
    )
    return Judged(
        capture=capture,
        checks=dict(sorted(checks.items())),
        findings=tuple(sorted(findings, key=lambda finding: _rank(finding, checks))),
        waivers=tuple(waiver for waiver in waivers if capture.stack in waiver.stacks),
        problems=tuple(problems),
        estimate=estimate if estimate.region is not None else None,
        notes=(*stood_in(capture), *chain.from_iterable(verdicts.notes for verdicts in said)),
        facts={
            "resources": len(capture.resources),
            "checks": len(checks),
            **{
                f"{name} ({check.judge.value})": value
                for verdicts in said
                for check in verdicts.checks[:1]
                for name, value in verdicts.facts.items()
            },
        },
    )


def _rank(finding: Finding, checks: Mapping[str, Check]) -> tuple[int, int, str, str]:
    check = checks[finding.check]
    return _ORDER.index(finding.status), -check.severity.rank, finding.check, finding.resource


def _base(name: str, before: Judged, now: Judged) -> Base:
    new, fixed = changed(before.findings, now.findings)
    return Base(
        name=name,
        comparison=compare(before.capture, now.capture),
        new=new,
        fixed=fixed,
        cost=cost.compare(before.estimate, now.estimate) if before.estimate and now.estimate else None,
    )


def changed(before: tuple[Finding, ...], now: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The violations that were not there, and those that are gone; of the same check and resource by number."""
    violated = [[finding for finding in side if finding.status is Status.VIOLATED] for side in (before, now)]
    old, new = (Counter(finding.key for finding in side) for side in violated)
    return tuple(_left(violated[1], old)), tuple(_left(violated[0], new))


def _left(findings: list[Finding], others: Counter[tuple[str, str]]) -> Iterator[Finding]:
    others = others.copy()
    for finding in findings:
        if others[finding.key] > 0:
            others[finding.key] -= 1
        else:
            yield finding


def _beside(stack: str, judged: Judged) -> Beside:
    return Beside(stack=stack, findings=judged.findings, estimate=judged.estimate)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Tell what is done, and how long it took."""
    began = time.monotonic()
    if sys.stderr.isatty():
        sys.stderr.write(f"  … {what}\r")
        sys.stderr.flush()
    yield
    sys.stderr.write(f"  ✓ {what:40} {time.monotonic() - began:5.1f} s\n")
