"""junit.xml: a suite for each judge, a case for each check and resource, as Bitbucket Pipelines shows tests."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final

from policies.model import Check, Finding, Judge, Status
from policies.report.assessment import Assessment
from policies.waivers import named

_FIELD: Final = 2000
"""Most characters of a field that Pipelines shows. Source: Atlassian, Test reporting in Pipelines."""


def junit(assessment: Assessment) -> str:
    """The document. What is waived, not evaluated or not applicable is skipped, and says why."""
    suites = ET.Element("testsuites", name=f"{assessment.stack} of A Tu Mano")
    for judge in Judge:
        found = [finding for finding in assessment.findings if assessment.checks[finding.check].judge is judge]
        if found:
            suites.append(_suite(judge, found, assessment))
    if assessment.waiver_problems:
        suite = ET.SubElement(suites, "testsuite", name="waivers", tests=str(len(assessment.waiver_problems)))
        suite.set("failures", str(len(assessment.waiver_problems)))
        for problem in assessment.waiver_problems:
            case = ET.SubElement(suite, "testcase", classname="waivers", name=problem.split()[0])
            ET.SubElement(case, "failure", message=problem[:_FIELD])
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(judge: Judge, findings: Sequence[Finding], assessment: Assessment) -> ET.Element:
    suite = ET.Element("testsuite", name=judge.value, tests=str(len(findings)))
    failures = sum(finding.status is Status.VIOLATED for finding in findings)
    passes = sum(finding.status is Status.COMPLIANT for finding in findings)
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(len(findings) - failures - passes))
    suite.set("timestamp", assessment.made.isoformat(timespec="seconds"))
    for finding in findings:
        suite.append(_case(finding, assessment.checks[finding.check], assessment))
    return suite


def _case(finding: Finding, check: Check, assessment: Assessment) -> ET.Element:
    case = ET.Element("testcase", classname=check.id, name=named(finding.resource))
    if finding.file:
        case.set("file", finding.file)
    if finding.line:
        case.set("line", str(finding.line))
    match finding.status:
        case Status.COMPLIANT:
            pass
        case Status.VIOLATED:
            failure = ET.SubElement(case, "failure", type=check.severity.value, message=finding.message[:_FIELD])
            failure.text = f"{check.title}. {check.reason} {check.fix}"[:_FIELD]
        case Status.WAIVED:
            waiver = next(one for one in assessment.waivers if one.id == finding.waiver)
            why = f"waived by {waiver.id} until {waiver.expires} ({waiver.owner}): {waiver.reason}"
            ET.SubElement(case, "skipped", message=why[:_FIELD])
        case _:
            ET.SubElement(case, "skipped", message=f"{finding.status.value}: {finding.message}"[:_FIELD])
    return case
