"""The reports for programs: each in its form, and read by somebody else's reader."""

import io
import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import junitparser
import pytest
from sarif import loader

from infra.settings import ROOT
from policies.capture import Capture, load
from policies.controls import catalogues
from policies.model import Severity, Status
from policies.report.assessment import Assessment
from policies.report.document import document
from policies.report.junit import junit
from policies.report.markdown import markdown
from policies.report.sarif import sarif
from tests.unit.policies.report.breaking import public_nodes, without
from tests.unit.policies.report.conftest import Assess, waiver

SCHEMA = json.loads((ROOT / "policies/report/report.schema.json").read_text(encoding="utf-8"))
NODES = "gke-private-nodes"


@pytest.fixture(scope="module")
def broken(prod: Capture, assess: Assess) -> Assessment:
    """Nodes are public now and one service is gone; beside it, as it was; the database's one member is waived."""
    new = without(public_nodes(prod), "network-nat")
    return assess(new, waiver("workload-database-members"), base=prod, threshold=Severity.HIGH)


def through_json(value: object) -> object:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("which", ["of_prod", "broken"])
def test_the_document_is_of_its_schema_and_says_all(which: str, request: pytest.FixtureRequest) -> None:
    assessment: Assessment = request.getfixturevalue(which)
    found = through_json(document(assessment))
    jsonschema.validate(found, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert isinstance(found, dict)
    assert len(found["findings"]) == len(assessment.findings) == sum(found["counts"].values())
    assert load(found["capture"]) == assessment.capture
    assert {control["id"] for control in found["controls"]} == {
        control.id for catalogue in catalogues() for control in catalogue.controls
    }


def test_the_page_explains_each_key() -> None:
    page = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(\w+)` \|", page.partition("## report.json")[2], re.MULTILINE)
    assert explained == list(SCHEMA["properties"])


def test_what_is_new_fails_it_and_what_is_waived_does_not(broken: Assessment) -> None:
    assert not broken.passed
    assert NODES in {finding.check for finding in broken.failing}
    assert broken.base is not None
    assert NODES in {finding.check for finding in broken.base.new}
    assert [change.name for change in broken.base.comparison.deleted] == ["network-nat"]
    waived = [finding for finding in broken.findings if finding.status is Status.WAIVED]
    assert {finding.waiver for finding in waived} == {"W-901"}


def test_sarif_is_read_by_another_reader(broken: Assessment, tmp_path: Path) -> None:
    file = tmp_path / "report.sarif"
    file.write_text(json.dumps(sarif(broken)), encoding="utf-8")
    read = loader.load_sarif_file(str(file))
    assert read.get_distinct_tool_names() == ["A Tu Mano"]
    read.init_default_line_number_1()
    by_line = {(record["Location"], record["Line"], record["Severity"]) for record in read.get_records()}
    [cluster] = broken.capture.of("gcp:container/cluster:Cluster")
    assert (cluster.file, cluster.line, "error") in {(where, int(line), level) for where, line, level in by_line}


def test_sarif_refers_only_to_what_is_there_and_within_limits(broken: Assessment) -> None:
    [run] = sarif(broken)["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    taxa = {taxon["id"] for taxonomy in run["taxonomies"] for taxon in taxonomy["taxa"]}
    assert len(rules) == len(set(rules)) == len(broken.checks)
    assert all(
        relation["target"]["id"] in taxa
        for rule in run["tool"]["driver"]["rules"]
        for relation in rule["relationships"]
    )
    assert all(len(rule["properties"]["tags"]) <= 20 for rule in run["tool"]["driver"]["rules"])
    assert len(run["results"]) <= 25_000
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert (result["kind"] == "fail") == (result["level"] != "none")
        assert result["message"]["text"]
        for location in result["locations"]:
            assert location["logicalLocations"]
            if place := location.get("physicalLocation"):
                assert (ROOT / place["artifactLocation"]["uri"]).is_file()
                assert place["region"]["startLine"] >= 1


def test_sarif_has_suppressions_and_what_is_new(broken: Assessment) -> None:
    [run] = sarif(broken)["runs"]
    states = {result["ruleId"]: result["baselineState"] for result in run["results"] if result["kind"] == "fail"}
    assert states[NODES] == "new"
    assert states["workload-database-members"] == "unchanged"
    suppressed = [result for result in run["results"] if result["suppressions"]]
    assert {result["ruleId"] for result in suppressed} == {"workload-database-members"}
    assert "W-901 until 2999-12-31, a test" in suppressed[0]["suppressions"][0]["justification"]


def test_fingerprints_stay_from_run_to_run_and_tell_findings_apart(of_prod: Assessment, broken: Assessment) -> None:
    def prints(assessment: Assessment) -> dict[str, str]:
        [run] = sarif(assessment)["runs"]
        return {
            f"{result['ruleId']} {result['locations'][0]['logicalLocations'][0]['fullyQualifiedName']}": result[
                "partialFingerprints"
            ]["checkAndResource/v1"]
            for result in run["results"]
            if result["kind"] == "pass"
        }

    before, after = prints(of_prod), prints(broken)
    assert all(after[key] == value for key, value in before.items() if key in after)
    assert len(set(before.values())) == len(before)


def test_junit_is_read_by_another_reader(broken: Assessment) -> None:
    suites = junitparser.JUnitXml.fromfile(io.BytesIO(junit(broken).encode()))
    cases = [case for suite in suites for case in suite]
    assert len(cases) == len(broken.findings) + len(broken.waiver_problems)
    failed = [case for case in cases if any(isinstance(one, junitparser.Failure) for one in case.result)]
    assert len(failed) == broken.count(Status.VIOLATED) + len(broken.waiver_problems)
    assert NODES in {case.classname for case in failed}
    skipped = [case for case in cases if any(isinstance(one, junitparser.Skipped) for one in case.result)]
    assert len(skipped) == sum(
        broken.count(status) for status in (Status.WAIVED, Status.NOT_EVALUATED, Status.NOT_APPLICABLE)
    )
    for suite in suites:
        assert (suite.tests, suite.failures) == (len(list(suite)), sum(case in failed for case in suite))


def test_markdown_says_verdict_changes_and_findings(broken: Assessment) -> None:
    text = markdown(broken)
    assert text.startswith("# prod fails\n")
    assert "0 created, 0 replaced, 1 deleted, 1 changed in place." in text
    assert f"`{NODES}`" in text.partition("## New findings")[2]
    assert "`privateClusterConfig.enablePrivateNodes`" in text
    assert broken.base is not None
    assert broken.base.cost is not None
    assert broken.base.cost.sentence in text
    before, after = broken.base.cost.components["network"]
    assert f"| network | {before:,.2f} | {after:,.2f} | {after - before:+,.2f} |" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {4, 5, 6}


def test_markdown_of_a_stack_that_passes_is_short(prod: Capture, assess: Assess) -> None:
    fine = assess(prod, threshold=Severity.CRITICAL)
    assert fine.passed
    text = markdown(fine)
    assert text.startswith("# prod passes\n")
    assert "## What fails" not in text
    assert len(text.splitlines()) < 40


def test_a_waiver_that_ends_soon_is_told(prod: Capture, assess: Assess) -> None:
    text = markdown(assess(prod, waiver("workload-database-members", expires=date(2026, 12, 5))))
    assert "- W-901 of `workload-database-members`: in 10 days, on 2026-12-05 (a test)" in text
