"""What `make doctor` finds, and when `make up` can't run."""

import os
from pathlib import Path

import pytest

from local import doctor


def test_without_root_it_says_what_to_do_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert doctor.main() == 1
    told = capsys.readouterr().out
    assert "✗ user             user 1000" in told
    assert "make up CONTEXT=NAME" in told
    assert "`make up` can't run yet: user" in told


def test_every_advice_is_a_sentence() -> None:
    for check in doctor.checks():
        assert not check.advice or check.advice.endswith(".") or check.advice.endswith("NAME."), check


def test_too_small_a_disk_stops_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "DISK_GIB", 1 << 40)
    monkeypatch.setattr(doctor, "BIN", Path("/nonexistent"))
    assert doctor.main() == 1
    assert "GiB are required. Free some, or set A_TU_MANO_CACHE to a bigger disk." in capsys.readouterr().out
