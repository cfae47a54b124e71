"""The command: what it writes, what it says, how it ends. checkov, which has tests of its own, says nothing here."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from policies.capture import Capture, CaptureError
from policies.model import Verdicts
from policies.report import command, judging
from policies.waivers import Waiver, WaiverError
from tests.unit.policies.report.breaking import public_nodes, without
from tests.unit.policies.report.conftest import waiver

WRITTEN = {
    "index.html", "report.md", "report.json", "report.sarif", "junit.xml", "picture.svg", "picture.mmd",
    "code-insights/report.json",
}  # fmt: skip


class Silent:
    """A second opinion that has none."""

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def of(self, _: Capture) -> Verdicts:
        return Verdicts(checks=(), findings=())


@pytest.fixture(autouse=True)
def _without_checkov(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "Opinion", Silent)
    given(monkeypatch)


def given(monkeypatch: pytest.MonkeyPatch, *waivers: Waiver) -> None:
    monkeypatch.setattr(judging, "load", lambda _: waivers)


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., int]:
    return lambda stack, *more: command.main([stack, "--to", str(tmp_path / "made"), *more])


@pytest.fixture
def captured(prod: Capture, tmp_path: Path) -> Callable[..., str]:
    def write(change: Callable[[Capture], Capture] = lambda one: one) -> str:
        file = tmp_path / "capture.json"
        file.write_text(json.dumps(change(prod).dump()), encoding="utf-8")
        return str(file)

    return write


def test_every_report_is_written_and_what_is_left_of_an_earlier_one_is_gone(
    report: Callable[..., int], captured: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "made/code-insights/annotations-07.json"
    old.parent.mkdir(parents=True)
    old.write_text("[]")
    assert report("prod", "--from", captured(), "--fail-on", "critical") == 0
    folder = tmp_path / "made"
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files - {"code-insights/annotations-01.json"} == WRITTEN
    assert (folder / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (folder / "picture.svg").read_text(encoding="utf-8").startswith("<svg")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["passed"] is True
    said = capsys.readouterr()
    assert said.out.startswith("prod passes. ")
    assert f"{folder}/: index.html, report.md" in said.out
    assert len(said.out.splitlines()) <= 14
    for step in ("checkov is started", "prod is captured", "rules, manifests, cost"):
        assert f"✓ {step}" in said.err
    assert "…" not in said.err


def test_a_violation_at_the_threshold_fails_it_and_one_below_does_not(
    report: Callable[..., int], captured: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report("prod", "--from", captured(public_nodes), "--fail-on", "critical") == 1
    said = capsys.readouterr().out
    assert said.startswith("prod FAILS. ")
    assert "gke-private-nodes of gcp:container/cluster:Cluster cluster" in said
    assert report("prod", "--from", captured(), "--fail-on", "high") == 1
    assert "gke-private-nodes" not in capsys.readouterr().out
    assert report("prod", "--from", captured(), "--fail-on", "critical") == 0


def test_a_stack_without_the_cloud_has_no_cost(report: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    report("local")
    assert "a month" not in capsys.readouterr().out


def test_a_waiver_that_waives_nothing_fails_it_whatever_the_threshold(
    report: Callable[..., int],
    captured: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, waiver("gke-private-nodes"))
    assert report("prod", "--from", captured(), "--fail-on", "critical") == 1
    assert "waiver   W-901 waives `gke-private-nodes`" in capsys.readouterr().out
    given(monkeypatch, waiver("gke-private-nodes", expires=date(2026, 1, 1)))
    assert report("prod", "--from", captured(public_nodes), "--fail-on", "critical") == 1
    assert "waiver   W-901 expired on 2026-01-01" in capsys.readouterr().out


def test_an_earlier_report_is_a_base(
    report: Callable[..., int], captured: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report("prod", "--from", captured())
    (tmp_path / "made/report.json").rename(tmp_path / "earlier.json")
    base = ("--base", str(tmp_path / "earlier.json"))
    report("prod", "--from", captured(), *base)
    unchanged = json.loads((tmp_path / "made/report.json").read_text(encoding="utf-8"))["base"]
    assert [unchanged[key] for key in ("created", "deleted", "replaced", "changed", "new", "fixed")] == [[]] * 6
    report("prod", "--from", captured(lambda prod: public_nodes(without(prod, "network-nat"))), *base)
    changed = json.loads((tmp_path / "made/report.json").read_text(encoding="utf-8"))["base"]
    assert [one["name"] for one in changed["deleted"]] == ["network-nat"]
    assert "gke-private-nodes" in {one["check"] for one in changed["new"]}
    assert changed["cost"] is not None
    assert "gke-private-nodes" in (tmp_path / "made/report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("fails", "error"),
    [
        ("load", WaiverError("The file of waivers is not YAML.")),
        ("capture_program", CaptureError("The program asks for what is not there.")),
        ("base_named", CaptureError("There is no such revision.")),
    ],
)
def test_what_keeps_it_from_a_report_is_one_sentence(
    fails: str,
    error: Exception,
    report: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(judging, fails, failing)
    assert report("local", "--base", "main") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == str(error)


def test_another_stack_on_gcp_is_beside_it_unless_one_file_stands_in_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [command._beside(stack) for stack in ("dev", "prod", "local")] == ["prod", "dev", None]
    monkeypatch.setenv("A_TU_MANO_SETTINGS", "stacks/Pulumi.prod.yaml")
    assert command._beside("prod") is None


def test_findings_are_the_worst_first(prod: Capture) -> None:
    [judged] = judging._all_judged({"prod": lambda: public_nodes(prod)}, (), None).values()
    ranks = [judging._rank(finding, judged.checks) for finding in judged.findings]
    assert ranks == sorted(ranks)
    assert judged.findings[0].status == "violated"
