"""Assessments of the committed stacks by every judge but checkov, which has tests of its own."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from policies import cost, manifests, rules
from policies.capture import Capture
from policies.comparison import compare
from policies.model import Severity
from policies.report.assessment import Assessment, Base, Beside
from policies.report.judging import Judged, changed, put_together
from policies.waivers import Waiver

MADE = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
Assess = Callable[..., Assessment]


def waiver(check: str, resource: str = "*", *, stack: str = "prod", expires: date = date(2999, 12, 31)) -> Waiver:
    return Waiver(
        id="W-901", check=check, resource=resource, stacks=(stack,), reason="It is of a test and means nothing.",
        owner="a test", expires=expires,
    )  # fmt: skip


def judged(capture: Capture, *waivers: Waiver) -> Judged:
    estimate = cost.estimate(capture)
    said = [rules.judge(capture), manifests.judge(capture), cost.verdicts(estimate)]
    return put_together(capture, said, waivers, estimate)


def assessment(
    capture: Capture,
    *waivers: Waiver,
    base: Capture | None = None,
    beside: Capture | None = None,
    threshold: Severity = Severity.LOW,
) -> Assessment:
    now = judged(capture, *waivers)
    before = judged(base, *waivers) if base is not None else None
    other = judged(beside) if beside is not None else None
    made = None
    if before is not None:
        new, fixed = changed(before.findings, now.findings)
        change = cost.compare(before.estimate, now.estimate) if before.estimate and now.estimate else None
        made = Base(name="main", comparison=compare(before.capture, capture), new=new, fixed=fixed, cost=change)
    return Assessment(
        stack=capture.stack, commit="0123456789ab", made=MADE, capture=capture, checks=now.checks,
        findings=now.findings, waivers=now.waivers, waiver_problems=now.problems, estimate=now.estimate,
        threshold=threshold, base=made,
        other=Beside(stack=other.capture.stack, findings=other.findings, estimate=other.estimate) if other else None,
        notes=now.notes, facts=now.facts,
    )  # fmt: skip


@pytest.fixture(scope="session")
def assess() -> Assess:
    return assessment


@pytest.fixture(scope="session")
def of_prod(prod: Capture) -> Assessment:
    return assessment(prod)
