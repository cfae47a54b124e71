"""report.md: what a reviewer of a pull request reads, on one screen where there is little to say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from local.guard import LOSSES
from policies.comparison import Change
from policies.cost import CostChange
from policies.model import Check, Finding
from policies.report import words
from policies.report.assessment import Assessment, Base
from policies.waivers import named

_MOST: Final = 50
"""Most rows of a table; the report has the others."""
_SOON_DAYS: Final = 30


def markdown(assessment: Assessment) -> str:
    """The text, with tables as GitHub and Bitbucket show them."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    verdict = "passes" if assessment.passed else "fails"
    yield f"# {assessment.stack} {verdict}"
    yield ""
    yield words.summary(assessment)
    yield ""
    yield from _cost(assessment)
    if assessment.failing:
        yield from _findings("What fails", assessment.failing, assessment)
    if assessment.waiver_problems:
        yield "## Waivers to mend"
        yield from (f"- {problem}" for problem in assessment.waiver_problems)
        yield ""
    if assessment.base is not None:
        yield from _base(assessment.base, assessment)
    yield from _expiring(assessment)
    yield "## To know"
    yield from (f"- {note}" for note in assessment.notes)
    made = assessment.made.strftime("%Y-%m-%d %H:%M UTC")
    yield f"- Made {made} of revision {assessment.commit} from the {assessment.capture.source}. All: `index.html`."


def _cost(assessment: Assessment) -> Iterator[str]:
    if assessment.estimate is not None:
        yield f"**Cost.** {words.cost(assessment.estimate)}"
        if assessment.base is not None and assessment.base.cost is not None:
            yield ""
            yield from _cost_change(assessment.base.cost)
        yield ""


def _cost_change(change: CostChange) -> Iterator[str]:
    yield change.sentence
    if change.components:
        yield ""
        head = ("component", "before", "now", "change")
        rows = [
            (name, f"{old:,.2f}", f"{new:,.2f}", f"{new - old:+,.2f}") for name, (old, new) in change.components.items()
        ]
        yield from _table(head, rows)


def _findings(title: str, findings: Sequence[Finding], assessment: Assessment) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from _table(("severity", "check", "resource", "what", "where"), _rows(findings, assessment))
    if len(findings) > _MOST:
        yield f"\nand {len(findings) - _MOST} more."
    yield ""


def _rows(findings: Sequence[Finding], assessment: Assessment) -> Iterator[Sequence[str]]:
    for finding in findings[:_MOST]:
        check: Check | None = assessment.checks.get(finding.check)
        where = f"{finding.file}:{finding.line}" if finding.file else ""
        what = f"{finding.message} {check.fix}" if check else finding.message
        severity = check.severity.value if check else ""
        yield severity, f"`{finding.check}`", f"`{named(finding.resource)}`", what, where


def _base(base: Base, assessment: Assessment) -> Iterator[str]:
    compared = base.comparison
    yield f"## What changes since {base.name}"
    yield ""
    if not compared:
        yield "No resource changes."
        yield ""
    else:
        rows = [
            *_changes("replaced", compared.replaced),
            *_changes("created", compared.created),
            *_changes("deleted", compared.deleted),
            *_changes("changed", compared.changed),
        ]
        yield (
            f"{len(compared.created)} created, {len(compared.replaced)} replaced, {len(compared.deleted)} deleted, "
            f"{len(compared.changed)} changed in place."
        )
        for change in compared.replaced:
            if change.type in LOSSES:
                yield ""
                yield f"**With `{change.name}` goes {LOSSES[change.type]}.** `make up` refuses it unless it is named."
        yield ""
        yield from _table(("change", "resource", "properties"), rows[:_MOST])
        if len(rows) > _MOST:
            yield f"\nand {len(rows) - _MOST} more."
        yield ""
    for title, found in (("New findings", base.new), ("Fixed findings", base.fixed)):
        if found:
            yield from _findings(title, found, assessment)


def _changes(what: str, changes: Iterable[Change]) -> Iterator[Sequence[str]]:
    for change in changes:
        yield (
            what,
            f"`{change.type} {change.name}`",
            ", ".join(f"`{path}`" for path in (change.because or change.properties)[:6]),
        )


def _expiring(assessment: Assessment) -> Iterator[str]:
    soon = [
        (waiver, days)
        for waiver in assessment.waivers
        if 0 <= (days := (waiver.expires - assessment.made.date()).days) <= _SOON_DAYS
    ]
    if soon:
        yield "## Waivers that expire soon"
        yield from (
            f"- {waiver.id} of `{waiver.check}`: in {days} days, on {waiver.expires} ({waiver.owner})"
            for waiver, days in soon
        )
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
