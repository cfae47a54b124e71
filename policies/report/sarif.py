"""report.sarif: SARIF 2.1.0, for code scanning: every finding at the line of the program that asked for the resource.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0; limits of a reader: GitHub, "SARIF results exceed one or more limits".
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.capture import name_of
from policies.controls import Catalogue, catalogues
from policies.model import STACK, Check, Finding, Severity, Status
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
"""Most tags of a rule that GitHub takes."""
RESULTS: Final = 25_000
"""Most results of a run that GitHub takes."""
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
                "supportedTaxonomies": [_taxonomy_reference(catalogue.id) for catalogue in catalogues()],
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
        "shortDescription": _message(check.title),
        "fullDescription": _message(check.reason),
        "help": {"text": _escaped(check.fix), "markdown": _escaped(f"**Fix.** {check.fix}")},
        "defaultConfiguration": {"level": _LEVEL[check.severity]},
        "relationships": [
            {
                "target": {
                    "id": control,
                    "guid": _guid(control),
                    "toolComponent": _taxonomy_reference(control.partition(":")[0]),
                },
                # Every violation of the check is one of the control.
                "kinds": ["superset"],
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
        **_taxonomy_reference(catalogue.id),
        "version": catalogue.version,
        "informationUri": catalogue.source,
        "shortDescription": _message(catalogue.title),
        "taxa": [
            {
                "id": control.id,
                "guid": _guid(control.id),
                "shortDescription": _message(control.title),
                "properties": {"how": control.how.value},
            }
            for control in catalogue.controls
        ],
    }


def _taxonomy_reference(catalogue: str) -> dict[str, str]:
    """Taxonomies of a run are only found by their GUID (SARIF 2.1.0, 3.54.2)."""
    return {"name": catalogue, "guid": _guid(catalogue)}


def _guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"a-tu-mano/controls/{name}"))


def _results(assessment: Assessment, index: Mapping[str, int]) -> list[dict[str, Any]]:
    """What is gone, then the worst first; those past the limit are left out."""
    base = assessment.base
    new = set(base.new) if base is not None else set()
    gone = [finding for finding in base.fixed if finding.check in index] if base is not None else []
    results = [
        _result(finding, assessment, index, identity) | {"baselineState": "absent"}
        for finding, identity in zip(gone, fingerprints(gone), strict=True)
    ]
    for finding, identity in zip(assessment.findings, fingerprints(assessment.findings), strict=True):
        result = _result(finding, assessment, index, identity)
        if base is not None:
            result["baselineState"] = "new" if finding in new else "unchanged"
        results.append(result)
    return results[:RESULTS]


def _result(finding: Finding, assessment: Assessment, index: Mapping[str, int], identity: str) -> dict[str, Any]:
    check = assessment.checks[finding.check]
    kind = _KIND[finding.status]
    text = f"{finding.message} {check.fix}" if kind == "fail" else finding.message
    result: dict[str, Any] = {
        "ruleId": check.id,
        "ruleIndex": index[check.id],
        "kind": kind,
        "level": _LEVEL[check.severity] if kind == "fail" else "none",
        "message": _message(text or f"{check.title}: holds for {named(finding.resource)}."),
        "locations": [_location(finding)],
        "partialFingerprints": {"checkAndResource/v1": identity},
        # Either every result of a run says how it is suppressed, or none (SARIF 2.1.0, 3.27.23).
        "suppressions": [],
    }
    if finding.property_path:
        result["properties"] = {"property": finding.property_path}
    if finding.waiver is not None:
        waiver = next(one for one in assessment.waivers if one.id == finding.waiver)
        why = f"{waiver.id} until {waiver.expires}, {waiver.owner}: {waiver.reason}"
        result["suppressions"].append({"kind": "external", "status": "accepted", "justification": why})
    return result


def _message(text: str) -> dict[str, str]:
    return {"text": _escaped(text)}


def _escaped(text: str) -> str:
    """Braces stand for arguments in a message (SARIF 2.1.0, 3.11.5)."""
    return text.replace("{", "{{").replace("}", "}}")


def _location(finding: Finding) -> dict[str, Any]:
    urn = finding.resource.startswith("urn:")
    name = name_of(finding.resource) if urn else finding.resource
    place = {"fullyQualifiedName": finding.resource, "name": name, "kind": "resource"}
    location: dict[str, Any] = {"logicalLocations": [place]}
    file = finding.file or (finding.resource if not urn and finding.resource != STACK else None)
    if file is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": file, "uriBaseId": _ROOT},
            "region": {"startLine": finding.line or 1},
        }
    return location


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """What each finding is of, the same from run to run and different for each: 32 hexadecimal digits."""
    seen: Counter[str] = Counter()
    for finding in findings:
        text = "\n".join((*finding.key, finding.property_path or ""))
        yield hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:32]
        seen[text] += 1
