"""What SARIF 2.1.0 wants beyond its form: references that are found, suppressions of all or none, identities, limits.

Held against a strict schema of our own of what is written. OASIS' own schema, which takes more, takes it as well; it is
not ours to keep a copy of.
"""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from infra.settings import ROOT
from policies.capture import Capture
from policies.comparison import compare
from policies.model import Finding, Status
from policies.report.assessment import Assessment, Base
from policies.report.sarif import RESULTS, fingerprints, sarif
from tests.unit.policies.report.breaking import public_nodes, without
from tests.unit.policies.report.conftest import Assess, waiver

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "tests/unit/policies/report/sarif.schema.json").read_text(encoding="utf-8"))
)
NODES = "gke-private-nodes"


def run_of(assessment: Assessment) -> Any:
    written = json.loads(json.dumps(sarif(assessment)))
    SCHEMA.validate(written)
    return written["runs"][0]


@pytest.fixture(scope="module")
def mended(prod: Capture, assess: Assess) -> Assessment:
    """Nodes are private now; before, they were public. The database's one member is waived."""
    return assess(prod, waiver("workload-database-members"), base=public_nodes(without(prod, "network-nat")))


def test_it_is_of_its_form_with_and_without_a_base(of_prod: Assessment, mended: Assessment) -> None:
    assert all("baselineState" not in result for result in run_of(of_prod)["results"])
    assert all("baselineState" in result for result in run_of(mended)["results"])


def test_what_is_gone_is_absent_and_the_rest_as_it_was(mended: Assessment) -> None:
    found = {(one["ruleId"], one["kind"], one["baselineState"]) for one in run_of(mended)["results"]}
    assert {state for rule, kind, state in found if rule == NODES and kind == "fail"} == {"absent"}
    assert (NODES, "pass", "unchanged") in found
    assert ("workload-database-members", "fail", "unchanged") in found


def test_every_reference_to_a_control_is_found_by_its_guid(of_prod: Assessment) -> None:
    run = run_of(of_prod)
    taxa = {
        (one["guid"], taxon["guid"]): (one["name"], taxon["id"]) for one in run["taxonomies"] for taxon in one["taxa"]
    }
    targets = [relation["target"] for rule in run["tool"]["driver"]["rules"] for relation in rule["relationships"]]
    assert len(targets) > 100
    for target in targets:
        component = target["toolComponent"]
        assert taxa[component["guid"], target["guid"]] == (component["name"], target["id"])
    assert {one["guid"] for one in run["tool"]["driver"]["supportedTaxonomies"]} == {taxonomy for taxonomy, _ in taxa}


def test_a_message_has_its_fix_and_no_arguments(of_prod: Assessment) -> None:
    broken = Finding(check=NODES, status=Status.VIOLATED, resource="stack", message="`{0}` is {}.")
    [result] = run_of(replace(of_prod, findings=(broken,)))["results"]
    fix = of_prod.checks[NODES].fix
    assert result["message"]["text"] == f"`{{{{0}}}}` is {{{{}}}}. {fix}"
    assert "physicalLocation" not in result["locations"][0]


def test_a_file_is_its_own_place(of_prod: Assessment) -> None:
    found = Finding(check=NODES, status=Status.VIOLATED, resource="app/Dockerfile", message="Runs as root.", line=3)
    [result] = run_of(replace(of_prod, findings=(found,)))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("app/Dockerfile", 3)


def test_alike_findings_are_told_apart_and_keep_their_identity(of_prod: Assessment) -> None:
    one = Finding(check=NODES, status=Status.VIOLATED, resource="urn:pulumi:prod::p::a:b:C::x", message="First.")
    two = replace(one, message="Second.")
    other = replace(one, resource="urn:pulumi:prod::p::a:b:C::y")
    first, second, third = fingerprints((one, two, other))
    assert len({first, second, third}) == 3
    assert list(fingerprints((replace(one, message="Said otherwise.", line=7),))) == [first]
    every = Counter(result["partialFingerprints"]["checkAndResource/v1"] for result in run_of(of_prod)["results"])
    assert set(every.values()) == {1}


def test_no_more_than_a_reader_takes_and_the_worst_of_it(of_prod: Assessment) -> None:
    broken = Finding(check=NODES, status=Status.VIOLATED, resource="urn:pulumi:prod::p::a:b:C::x", message="Public.")
    fine = tuple(replace(broken, status=Status.COMPLIANT, message="", resource=f"{n}") for n in range(RESULTS))
    gone = replace(broken, resource="urn:pulumi:prod::p::a:b:C::gone")
    base = Base(name="main", comparison=compare(of_prod.capture, of_prod.capture), new=(broken,), fixed=(gone,))
    results = sarif(replace(of_prod, findings=(broken, *fine), base=base))["runs"][0]["results"]
    assert len(results) == RESULTS
    assert [one["baselineState"] for one in results[:3]] == ["absent", "new", "unchanged"]
