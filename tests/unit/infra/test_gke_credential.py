"""Our stand-in for Google's exec plugin: the caller's token with its end, or one sentence."""

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth import credentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from infra import gke_credential
from infra.settings import ROOT

TOKEN = "ya29.not-a-token"
END = datetime.datetime(2026, 8, 20, 11, 0, 5, 123456)


class Known(credentials.Credentials):
    """Credentials that are refreshed without a network."""

    def __init__(self, *, expires: bool = True) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._expires = expires

    def refresh(self, _: object) -> None:
        self.token = TOKEN
        self.expiry = END if self._expires else None


def found(monkeypatch: pytest.MonkeyPatch, known: credentials.Credentials) -> list[Any]:
    """Let these be the default credentials; returns the scopes they are asked for."""
    asked: list[Any] = []

    def default(scopes: Any) -> tuple[credentials.Credentials, None]:
        asked.extend(scopes)
        return known, None

    monkeypatch.setattr(google.auth, "default", default)
    return asked


def test_the_token_and_its_end_are_told_in_the_version_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = found(monkeypatch, Known())
    info = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "spec": {}})
    assert gke_credential.main([info]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": TOKEN, "expirationTimestamp": "2026-08-20T11:00:05Z"},
    }
    assert [scope.rpartition("/")[2] for scope in asked] == ["cloud-platform", "userinfo.email"]


@pytest.mark.parametrize("arguments", [[], [""]])
def test_by_hand_it_answers_as_googles_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    found(monkeypatch, Known(expires=False))
    assert gke_credential.main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert told["status"] == {"token": TOKEN}


@pytest.mark.parametrize("error", [DefaultCredentialsError, RefreshError])
def test_without_credentials_it_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: type[Exception]
) -> None:
    reason = "they are\nexpired"

    def default(scopes: Any) -> None:
        raise error(reason)

    monkeypatch.setattr(google.auth, "default", default)
    assert gke_credential.main([]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("gke-gcloud-auth-plugin: Google gave no access token (")
    assert told.err.endswith("or set GOOGLE_APPLICATION_CREDENTIALS.\n")
    assert told.err.count("\n") == 1


def test_the_program_on_the_path_is_that_module(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    ran = subprocess.run(
        [ROOT / "infra/bin/gke-gcloud-auth-plugin"],
        env={"GOOGLE_APPLICATION_CREDENTIALS": str(missing), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert str(missing) in ran.stderr
    assert ran.stderr.startswith("gke-gcloud-auth-plugin: ")
    assert ran.stderr.count("\n") == 1
