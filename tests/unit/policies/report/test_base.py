"""What a report compares with: files, revisions of git, and what is new or gone."""

import json
import subprocess
from pathlib import Path

import pytest

from infra.settings import ROOT
from policies.capture import Capture, CaptureError
from policies.comparison import compare
from policies.model import Finding, Status
from policies.report import base
from policies.report.judging import changed


def finding(check: str, resource: str, status: Status = Status.VIOLATED) -> Finding:
    return Finding(check=check, status=status, resource=resource)


def test_only_violations_are_new_or_fixed() -> None:
    before = (finding("a", "x"), finding("b", "x", Status.WAIVED), finding("c", "x", Status.COMPLIANT))
    now = (finding("a", "y"), finding("b", "x"), finding("c", "x", Status.NOT_EVALUATED))
    new, fixed = changed(before, now)
    assert [one.key for one in new] == [("a", "y"), ("b", "x")]
    assert [one.key for one in fixed] == [("a", "x")]


def test_several_of_one_check_and_resource_count() -> None:
    twice, once = (finding("a", "x"), finding("a", "x")), (finding("a", "x"),)
    assert changed(once, twice) == (once, ())
    assert changed(twice, once) == ((), once)
    assert changed(twice, twice) == ((), ())


def test_a_file_is_read_and_has_to_be_of_the_stack(prod: Capture, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"capture": prod.dump()}))
    assert base.base(str(file), "prod") == prod
    with pytest.raises(CaptureError, match="is of the stack 'prod'; one of 'dev' is required"):
        base.base(str(file), "dev")


@pytest.mark.parametrize("name", ["no-such-revision", "--output=x", "HEAD~100000", ""])
def test_what_is_neither_is_told(name: str) -> None:
    with pytest.raises(CaptureError, match="neither a file nor a revision"):
        base.base(name, "prod")


def test_a_revision_s_program_is_captured_and_nothing_is_left(local: Capture) -> None:
    before = subprocess.run(["git", "worktree", "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = base.base("HEAD", "local")
    assert found.source == "program"
    # Of HEAD, so that uncommitted work does not decide whether the test passes.
    assert {one.urn for one in found.resources} & {one.urn for one in local.resources}
    assert compare(found, found).changed == ()
    assert (
        subprocess.run(["git", "worktree", "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        == before
    )


def test_a_revision_that_today_s_policies_can_t_read_is_captured_by_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_POLICIES", tmp_path / "policies")
    (tmp_path / "policies").mkdir()
    assert len(base.base("HEAD", "local").resources) > 50


def test_a_revision_without_the_stack_is_told() -> None:
    with pytest.raises(CaptureError, match=r"The program of HEAD can't be captured: .*Pulumi\.nope\.yaml"):
        base.base("HEAD", "nope")
