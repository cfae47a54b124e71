"""report.json: all of an assessment, for programs. `report.schema.json` and docs/report.md describe its keys."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from policies.comparison import Change
from policies.model import Check, Finding, Status
from policies.report.assessment import Assessment, Base
from policies.report.standing import standings
from policies.waivers import named

FORMAT: Final = "a-tu-mano/report"
VERSION: Final = 1


def document(assessment: Assessment) -> dict[str, Any]:
    """The assessment as `json.dumps` takes it."""
    estimate = assessment.estimate
    return {
        "format": FORMAT,
        "version": VERSION,
        "stack": assessment.stack,
        "commit": assessment.commit,
        "made": assessment.made.isoformat(timespec="seconds"),
        "passed": assessment.passed,
        "threshold": assessment.threshold,
        "counts": {status.value: assessment.count(status) for status in Status},
        "controls": _controls(assessment),
        "findings": [finding_of(finding, assessment.checks) for finding in assessment.findings],
        "checks": [{**asdict(check), "controls": list(check.controls)} for check in assessment.checks.values()],
        "waivers": [
            {**asdict(waiver), "stacks": list(waiver.stacks), "expires": waiver.expires.isoformat()}
            for waiver in assessment.waivers
        ],
        "waiver_problems": list(assessment.waiver_problems),
        "cost": estimate.to_json() if estimate is not None else None,
        "base": _base(assessment.base, assessment.checks) if assessment.base is not None else None,
        "notes": list(assessment.notes),
        "facts": dict(assessment.facts),
        "capture": assessment.capture.dump(),
    }


def finding_of(finding: Finding, checks: Mapping[str, Check]) -> dict[str, Any]:
    """One finding with what its reader would look up; what it has not is left out."""
    described = {
        **asdict(finding),
        "name": named(finding.resource),
        "severity": checks[finding.check].severity.value if finding.check in checks else None,
    }
    return {key: value for key, value in described.items() if value not in (None, "")}


def _controls(assessment: Assessment) -> list[dict[str, Any]]:
    return [
        {
            "id": standing.control.id,
            "section": standing.control.section,
            "title": standing.control.title,
            "status": standing.status.value,
            "how": standing.control.how.value,
            "explanation": standing.explanation,
            "checks": [check.id for check in standing.checks],
        }
        for _, found in standings(assessment.checks, assessment.findings)
        for standing in found
    ]


def _base(base: Base, checks: Mapping[str, Check]) -> dict[str, Any]:
    compared = base.comparison
    return {
        "name": base.name,
        "created": [_change(change) for change in compared.created],
        "deleted": [_change(change) for change in compared.deleted],
        "replaced": [_change(change) for change in compared.replaced],
        "changed": [_change(change) for change in compared.changed],
        "new": [finding_of(finding, checks) for finding in base.new],
        "fixed": [finding_of(finding, checks) for finding in base.fixed],
        "cost": base.cost.to_json() if base.cost is not None else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "urn": change.urn,
        "type": change.type,
        "name": change.name,
        "properties": list(change.properties),
        "because": list(change.because),
    }
