"""What is sent to Bitbucket, and that a Bitbucket with its documented limits takes it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.capture import Capture
from policies.model import Finding, Severity, Status
from policies.report import code_insights, send
from policies.report.assessment import Assessment
from tests.unit.policies.report.bitbucket import TOKEN, Bitbucket, serving
from tests.unit.policies.report.breaking import public_nodes
from tests.unit.policies.report.conftest import Assess, waiver

COMMIT = "0123456789abcdef0123456789abcdef01234567"
KEY = (COMMIT, "a-tu-mano-prod")
WHERE = ["--commit", COMMIT, "--workspace", "example", "--repository", "shop"]


@pytest.fixture
def bitbucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bitbucket]:
    with serving() as running:
        monkeypatch.setattr(send, "API", running.url)
        monkeypatch.setenv("A_TU_MANO_BITBUCKET_TOKEN", TOKEN)
        yield running


@pytest.fixture(scope="module")
def broken(prod: Capture, assess: Assess) -> Assessment:
    return assess(public_nodes(prod), waiver("workload-database-members"), base=prod)


def written(assessment: Assessment, folder: Path) -> str:
    insights = folder / "code-insights"
    insights.mkdir()
    report = {"id": code_insights.report_id(assessment.stack), **code_insights.report(assessment)}
    (insights / "report.json").write_text(json.dumps(report))
    for number, batch in enumerate(code_insights.annotations(assessment), 1):
        (insights / f"annotations-{number:02}.json").write_text(json.dumps(batch))
    return str(folder)


def test_a_report_is_taken_and_replaces_itself(
    bitbucket: Bitbucket, broken: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(broken, tmp_path)
    for _ in range(2):
        assert send.main([folder, *WHERE]) == 0
    shown = broken.count(Status.VIOLATED) + broken.count(Status.WAIVED)
    assert f"with {shown} annotations" in capsys.readouterr().out
    assert bitbucket.reports[KEY]["result"] == "FAILED"
    taken = bitbucket.annotations[KEY].values()
    assert len(taken) == shown
    [nodes] = [one for one in taken if "(gke-private-nodes)" in one["summary"]]
    assert (nodes["path"], nodes["result"]) == ("infra/components/cluster.py", "FAILED")
    assert {one["result"] for one in taken if "(workload-database-members)" in one["summary"]} == {"IGNORED"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 2500), message=st.text(max_size=3000), seed=st.integers(0, 3))
def test_however_much_is_found_the_limits_are_kept(
    bitbucket: Bitbucket, of_prod: Assessment, number: int, message: str, seed: int
) -> None:
    check = next(iter(of_prod.checks))
    worst = Finding(check="gke-private-nodes", status=Status.VIOLATED, resource="urn:pulumi:prod::p::a:b:C::worst")
    many = tuple(
        Finding(check=check, status=Status.VIOLATED, resource=f"urn:pulumi:prod::p::a:b:C::{seed}-{n}", message=message)
        for n in range(number)
    )
    crowded = replace(of_prod, findings=(*many, worst), waiver_problems=(message,) * 40)
    checks: dict[str, Any] = dict(crowded.checks)
    checks[check] = replace(checks[check], severity=Severity.LOW)
    crowded = replace(crowded, checks=checks)
    key = (COMMIT, "x")
    bitbucket.reports.clear()
    bitbucket.annotations.clear()
    assert bitbucket.put(key, code_insights.report(crowded)) is None
    batches = code_insights.annotations(crowded)
    assert [wrong for batch in batches if (wrong := bitbucket.post(key, batch))] == []
    assert sum(map(len, batches)) == min(number + 1, 1000)
    assert "gke-private-nodes" in batches[0][0]["summary"]


def test_alike_findings_are_annotations_each(bitbucket: Bitbucket, of_prod: Assessment) -> None:
    one = Finding(check="gke-private-nodes", status=Status.VIOLATED, resource="urn:pulumi:prod::p::a:b:C::x")
    crowded = replace(of_prod, findings=(one, replace(one, message="Another."), replace(one, property_path="a.b")))
    assert bitbucket.put(KEY, code_insights.report(crowded)) is None
    [batch] = code_insights.annotations(crowded)
    assert bitbucket.post(KEY, batch) is None
    assert len(bitbucket.annotations[KEY]) == 3


def test_what_bitbucket_refuses_is_a_sentence(
    bitbucket: Bitbucket, broken: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(broken, tmp_path)
    for status, said in ((400, "does not take it"), (401, "not valid"), (403, "repository:write"), (429, "an hour")):
        bitbucket.answer_with = status
        assert send.main([folder, *WHERE]) == 2
        problem = capsys.readouterr().err
        assert f"was answered {status}" in problem
        assert said in problem
        assert TOKEN not in problem


def test_another_repository_is_told(
    bitbucket: Bitbucket, broken: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--commit", COMMIT, "--workspace", "example", "--repository", "another"]
    assert send.main([written(broken, tmp_path), *arguments]) == 2
    assert "no such repository" in capsys.readouterr().err
    assert bitbucket.reports == {}


def test_what_is_missing_is_told_before_anything_is_sent(
    bitbucket: Bitbucket, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send.main([str(tmp_path), *WHERE]) == 2
    assert "Make the report with `make report`." in capsys.readouterr().err
    for name in ("BITBUCKET_COMMIT", "BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    assert send.main([str(tmp_path), "--workspace", "example"]) == 2
    assert "--commit, --repository is required" in capsys.readouterr().err
    monkeypatch.delenv("A_TU_MANO_BITBUCKET_TOKEN")
    assert send.main([str(tmp_path), *WHERE]) == 2
    assert "A_TU_MANO_BITBUCKET_TOKEN is not set" in capsys.readouterr().err
    assert bitbucket.requests == []


def test_no_bitbucket_there_is_told(
    broken: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "API", "http://127.0.0.1:9")
    monkeypatch.setenv("A_TU_MANO_BITBUCKET_TOKEN", TOKEN)
    assert send.main([written(broken, tmp_path), *WHERE]) == 2
    assert "Bitbucket could not be asked" in capsys.readouterr().err


def test_in_pipelines_its_proxy_is_asked_over_http() -> None:
    with send.client_for({"BITBUCKET_BUILD_NUMBER": "7"}) as client:
        assert str(client.base_url).startswith("http://api.bitbucket.org")
        assert "authorization" not in client.headers
