"""checkov's own environment, and the module's command."""

from pathlib import Path

import pytest

from policies.second_opinion import OpinionError, __main__, environment


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in which nothing is made yet, and a checkout without its own environment."""
    monkeypatch.setattr(environment, "HOME", tmp_path / "cache")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "cache" / "environment" / "bin" / "python")
    monkeypatch.setattr(environment, "_STAMP", tmp_path / "cache" / "stamp")
    monkeypatch.setattr(environment, "VENV", tmp_path / "no-venv")
    return tmp_path


def test_it_is_made_once_for_a_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert environment.ensure() == environment.PYTHON
    assert environment.is_current()
    lock = tmp_path / "checkov.lock"
    lock.write_text("checkov==0\n", encoding="utf-8")
    monkeypatch.setattr(environment, "LOCK", lock)
    assert not environment.is_current()


def test_what_it_can_not_be_made_without_is_said(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OpinionError, match=r"could not be made: .*environment\.log says why"):
        environment.ensure()
    assert "no-venv/bin/uv was not found" in capsys.readouterr().err
    assert not environment.is_current()


def test_the_command_says_what_fails(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["environment"]) == 1
    assert "checkov's environment could not be made" in capsys.readouterr().err


def test_the_command_writes_what_checkov_reads(tmp_path: Path) -> None:
    assert __main__.main(["write", "local", str(tmp_path / "out")]) == 0
    assert not (tmp_path / "out" / "plan.json").exists()  # Nothing of it is Google's.
    assert len(list((tmp_path / "out" / "manifests").glob("*.yaml"))) > 40


def test_the_command_tells_its_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main([]) == 2
    assert "write STACK FOLDER" in capsys.readouterr().err
