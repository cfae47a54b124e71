"""report.sarif: SARIF 2.1.0, for code scanning: every finding at the line of the program that asked for the resource.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0; limits of a reader: GitHub, "SARIF results exceed one or more limits".
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from policies.controls import Catalogue, catalogues
from policies.model import Check, Finding, Severity, Status
from policies.report.assessment import Assessment
from policies.waivers import named

_LEVEL: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORE: Final = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""What GitHub shows as critical, high, medium and low."""
_KIND: Final = {
    Status.VIOLATED: "fail",
    Status.WAIVED: "fail",
    Status.COMPLIANT: "pass",
    Status.NOT_APPLICABLE: "notApplicable",
    Status.NOT_EVALUATED: "open",
}
_TAGS: Final = 20
_ROOT: Final = "SRCROOT"


def sarif(assessment: Assessment) -> dict[str, Any]:
    """The document as `json.dumps` takes it."""
    checks = list(assessment.checks.values())
    index = {check.id: number for number, check in enumerate(checks)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "A Tu Mano",
                "semanticVersion": "1.0.0",
                "rules": [_rule(check) for check in checks],
                "supportedTaxonomies": [{"name": catalogue.id} for catalogue in catalogues()],
            }
        },
        "taxonomies": [_taxonomy(catalogue) for catalogue in catalogues()],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The repository."}}},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"a-tu-mano/{assessment.stack}/"},
        "results": _results(assessment, index),
        "properties": {"stack": assessment.stack, "commit": assessment.commit, "passed": assessment.passed},
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "name": "".join(part.capitalize() for part in check.id.replace("_", "-").split("-")),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.reason},
        "help": {"text": check.fix, "markdown": f"**Fix.** {check.fix}"},
        "defaultConfiguration": {"level": _LEVEL[check.severity]},
        "relationships": [
            {
                "target": {"id": control, "toolComponent": {"name": control.partition(":")[0]}},
                "kinds": ["relevant"],
            }
            for control in check.controls
        ],
        "properties": {
            "security-severity": _SCORE[check.severity],
            "judge": check.judge.value,
            "worth": check.worth.value,
            "tags": ["security", *check.controls][:_TAGS],
        },
    }


def _taxonomy(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "name": catalogue.id,
        "version": catalogue.version,
        "informationUri": catalogue.source,
        "shortDescription": {"text": catalogue.title},
        "taxa": [
            {"id": control.id, "shortDescription": {"text": control.title}, "properties": {"how": control.how.value}}
            for control in catalogue.controls
        ],
    }


def _results(assessment: Assessment, index: Mapping[str, int]) -> list[dict[str, Any]]:
    new = {finding.key for finding in assessment.base.new} if assessment.base is not None else None
    found = [_result(finding, assessment, index, new) for finding in assessment.findings]
    if assessment.base is not None:
        gone = [finding for finding in assessment.base.fixed if finding.check in index]
        found += [{**_result(finding, assessment, index, None), "baselineState": "absent"} for finding in gone]
    return found


def _result(
    finding: Finding, assessment: Assessment, index: Mapping[str, int], new: set[tuple[str, str]] | None
) -> dict[str, Any]:
    check = assessment.checks[finding.check]
    kind = _KIND[finding.status]
    result: dict[str, Any] = {
        "ruleId": check.id,
        "ruleIndex": index[check.id],
        "kind": kind,
        "level": _LEVEL[check.severity] if kind == "fail" else "none",
        "message": {"text": finding.message or f"{check.title}: holds for {named(finding.resource)}."},
        "locations": [_location(finding)],
        "partialFingerprints": {"checkAndResource/v1": fingerprint(finding)},
    }
    if finding.property_path:
        result["properties"] = {"property": finding.property_path}
    if new is not None:
        result["baselineState"] = "new" if finding.key in new else "unchanged"
    if finding.waiver is not None:
        waiver = next(one for one in assessment.waivers if one.id == finding.waiver)
        why = f"{waiver.id} until {waiver.expires}, {waiver.owner}: {waiver.reason}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    urn = finding.resource.startswith("urn:")
    place = {"fullyQualifiedName": finding.resource, "name": named(finding.resource), "kind": "resource"}
    location: dict[str, Any] = {"logicalLocations": [place]}
    file = finding.file or (finding.resource if not urn and "." in finding.resource else None)
    if file is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": file, "uriBaseId": _ROOT},
            "region": {"startLine": finding.line or 1},
        }
    return location


def fingerprint(finding: Finding) -> str:
    """What the finding is of, the same from run to run: 32 hexadecimal digits."""
    text = "\n".join((*finding.key, finding.property_path or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
