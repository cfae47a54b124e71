"""What comes first: passed or failed and why in one sentence, and the figures that a reader asks for next."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.model import Finding, Status
from policies.report.assessment import Assessment, Beside
from policies.report.page.marks import MARKS, Mark, worst
from policies.sources.program import stood_in
from policies.waivers import Waiver, named


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number."""

    value: str
    what: str
    more: str = ""


def sentence(assessment: Assessment) -> str:
    """Why it passes or fails."""
    failing = assessment.failing
    from_on = "" if assessment.threshold.rank == 0 else f" of severity {assessment.threshold.value} or worse"
    if failing:
        counted = Counter(assessment.checks[finding.check].severity for finding in failing)
        parts = [f"{counted[one]} {one.value}" for one in sorted(counted, key=lambda one: -one.rank)]
        first = failing[0]
        title = assessment.checks[first.check].title
        some, them = ("violation", "it") if len(failing) == 1 else ("violations", "them")
        begin = f"{len(failing)} {some} and no waiver for {them} ({', '.join(parts)})."
        return f"{begin} The worst: \u201c{title}\u201d does not hold of {named(first.resource)}."
    if assessment.waiver_problems:
        return f"Nothing{from_on} is violated, but a waiver is not in order: {assessment.waiver_problems[0]}"
    waived = assessment.count(Status.WAIVED)
    rest = f", apart from {waived} {'finding' if waived == 1 else 'findings'} accepted until a date" if waived else ""
    return f"Nothing{from_on} is violated{rest}."


def figures(assessment: Assessment) -> Iterator[Figure]:
    """Counts, cost, budget, credit."""
    resources = sum(one.custom for one in assessment.capture.resources)
    yield Figure(value=f"{resources}", what="resources", more=f"asked {len(assessment.checks)} checks")
    estimate = assessment.estimate
    if estimate is None:
        return
    total = estimate.total
    yield Figure(
        value=money(total.expected),
        what="a month expected",
        more=f"{money(total.least)} to {money(total.most)} as it scales",
    )
    if (budget := estimate.budget) is not None and (share := estimate.budget_share) is not None:
        more = f"{budget.amount:,.0f} {budget.currency} a month"
        yield Figure(value=f"{share:.0%}", what="of the budget", more=more)
    if estimate.trial.days is not None:
        lasts = min(estimate.trial.days, estimate.trial.limit)
        yield Figure(value=f"{lasts:.0f} days", what="on the free credit", more=f"{money(estimate.trial.credit)} once")


_CENTS: Final = 100


def uncertain(assessment: Assessment) -> Iterator[str]:
    """What is not known, and what was stood in for, a sentence each: a verdict is worth no more than that."""
    unknown = assessment.count(Status.NOT_EVALUATED)
    if unknown:
        some = "finding waits" if unknown == 1 else "findings wait"
        yield f"{unknown} {some} for values that nobody knows before they are created."
    yield from stood_in(assessment.capture)


def fact(value: Any) -> str:
    """A figure of the run as words."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {fact(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(fact, value))
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def money(value: float) -> str:
    """USD, with cents below a hundred."""
    sign = "\u2212" if value < 0 else ""
    return f"{sign}${abs(value):,.0f}" if abs(value) >= _CENTS else f"{sign}${abs(value):,.2f}"


def counts(assessment: Assessment) -> Sequence[tuple[Mark, int]]:
    """How many findings of each status."""
    return [(mark, assessment.count(status)) for status, mark in MARKS.items()]


@dataclass(frozen=True, kw_only=True)
class WaiverRow:
    """One waiver, and how long it holds."""

    waiver: Waiver
    days: int
    """Left, the last one included; below zero for one that has expired."""
    covers: int
    """How many findings it accepts here."""


def waivers(assessment: Assessment) -> list[WaiverRow]:
    """Those of the stack, the one that expires first at the top."""
    covered = Counter(finding.waiver for finding in assessment.findings if finding.waiver)
    today = assessment.made.date()
    rows = [
        WaiverRow(waiver=one, days=(one.expires - today).days, covers=covered[one.id]) for one in assessment.waivers
    ]
    return sorted(rows, key=lambda row: (row.days, row.waiver.id))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A check that stands differently in another stack."""

    check: str
    title: str
    here: Mark
    there: Mark


def differences(assessment: Assessment, other: Beside) -> list[Difference]:
    """Checks whose worst finding is not the same in both; the worst first."""
    here, there = _worst_by_check(assessment.findings), _worst_by_check(other.findings)
    nothing, order = MARKS[Status.NOT_APPLICABLE], list(MARKS.values())
    found = [
        Difference(
            check=id_,
            title=assessment.checks[id_].title if id_ in assessment.checks else "",
            here=here.get(id_, nothing),
            there=there.get(id_, nothing),
        )
        for id_ in sorted(here.keys() | there.keys())
        if here.get(id_, nothing) != there.get(id_, nothing)
    ]
    return sorted(found, key=lambda one: min(order.index(one.here), order.index(one.there)))


def _worst_by_check(findings: Iterable[Finding]) -> Mapping[str, Mark]:
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    return {check: worst(found) for check, found in by_check.items()}


def other_counts(other: Beside) -> Sequence[tuple[Mark, int]]:
    """How many findings of each status in the other stack."""
    found = Counter(finding.status for finding in other.findings)
    return [(mark, found[status]) for status, mark in MARKS.items()]
