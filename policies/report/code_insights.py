"""Bitbucket Code Insights: a report of a commit, and its annotations at lines of files, within Bitbucket's limits.

Source: developer.atlassian.com/cloud/bitbucket/rest/api-group-reports.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.model import Finding, Judge, Status
from policies.report.assessment import Assessment
from policies.report.sarif import fingerprints
from policies.waivers import named

DATA_FIELDS: Final = 10
"""Most fields of a report's `data`."""
ANNOTATIONS: Final = 1000
"""Most annotations of a report."""
BATCH: Final = 100
"""Most annotations of one request."""
SUMMARY: Final = 450
"""Most characters of an annotation's summary; without one, or with more, Bitbucket answers 400."""
DETAILS: Final = 2000
"""Most characters of `details`."""
_TYPES: Final = {Judge.COST: "CODE_SMELL"}
_SHOWN: Final = (Status.VIOLATED, Status.WAIVED)


def report_id(stack: str) -> str:
    """Id of the report of a stack on a commit; sending it again replaces it."""
    return f"a-tu-mano-{stack}"


def report(assessment: Assessment) -> dict[str, Any]:
    """Body of the PUT of the report."""
    verdict = "passes" if assessment.passed else "fails"
    data = [
        _number("Resources", len(assessment.capture.resources)),
        _number("Checks", len(assessment.checks)),
        _number("Violations that fail it", len(assessment.failing)),
        *(_number(status.value.capitalize(), assessment.count(status)) for status in Status),
    ]
    if assessment.estimate is not None:
        data.append({"title": "USD a month", "type": "NUMBER", "value": round(assessment.estimate.total.expected, 2)})
    details = [
        f"{assessment.stack} {verdict}: policies, cost and waivers, judged from its {assessment.capture.source}."
    ]
    if assessment.base is not None:
        new, fixed = len(assessment.base.new), len(assessment.base.fixed)
        details.append(f"Since {assessment.base.name}: {new} new findings, {fixed} fixed.")
        if assessment.base.cost is not None:
            details.append(assessment.base.cost.sentence)
    details += assessment.waiver_problems
    return {
        "title": f"A Tu Mano: {assessment.stack}",
        "details": _cut(" ".join(details), DETAILS),
        "report_type": "SECURITY",
        "reporter": "A Tu Mano",
        "result": "PASSED" if assessment.passed else "FAILED",
        "data": data[:DATA_FIELDS],
    }


def annotations(assessment: Assessment) -> list[list[dict[str, Any]]]:
    """Bodies of the POSTs of the annotations, the worst findings first; those past the limit are left out."""
    shown = [finding for finding in assessment.findings if finding.status in _SHOWN]
    shown.sort(key=lambda finding: (_SHOWN.index(finding.status), -assessment.checks[finding.check].severity.rank))
    every = list(_annotations(shown[:ANNOTATIONS], assessment))
    return [every[first : first + BATCH] for first in range(0, len(every), BATCH)]


def _annotations(findings: Sequence[Finding], assessment: Assessment) -> Iterator[dict[str, Any]]:
    for finding, external_id in zip(findings, fingerprints(findings), strict=True):
        check = assessment.checks[finding.check]
        waived = finding.status is Status.WAIVED
        annotation: dict[str, Any] = {
            "external_id": external_id,
            "annotation_type": _TYPES.get(check.judge, "VULNERABILITY"),
            "severity": check.severity.value.upper(),
            "result": "IGNORED" if waived else "FAILED",
            "summary": _cut(f"{check.title} ({check.id}): {finding.message}", SUMMARY),
            "details": _cut(
                f"{named(finding.resource)}. {check.reason} {check.fix}"
                + (f" Waived by {finding.waiver}." if waived else ""),
                DETAILS,
            ),
        }
        if finding.file is not None:
            annotation |= {"path": finding.file, "line": finding.line or 1}
        yield annotation


def _number(title: str, value: int) -> dict[str, Any]:
    return {"title": title, "type": "NUMBER", "value": value}


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
