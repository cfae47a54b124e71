"""Debian packages: which are missing, and what is said where they can't be installed."""

import os
import shutil
from pathlib import Path

import pytest

from local import packages
from local.steps import Log, StepFailedError


def test_only_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name in {"runc", "etcd"} else "/bin/x")
    assert packages.missing() == ["etcd-server", "runc"]


def test_without_root_the_command_to_run_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "runc" else "/bin/x")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(
        StepFailedError,
        match=r"only root may install them\. Run as root: apt-get install --no-install-recommends runc$",
    ):
        packages.install(Log(tmp_path / "log"))


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name in {"runc", "apt-get"} else "/bin/x")
    with pytest.raises(StepFailedError, match=r"lacks Debian's runc and has no apt-get"):
        packages.install(Log(tmp_path / "log"))
