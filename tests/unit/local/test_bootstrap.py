"""`make bootstrap`: where tokens come from, what a bucket's answer means, and whose lock may be taken away."""

import io
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import state
from infra.settings_gcp import GcpSettings
from infra.settings_models import StackSettings
from local import bootstrap
from local.workspace import StackError, Workspace
from tests.unit.infra.recorder import rehearsed_values


def settings(*, rehearsal: bool = False) -> GcpSettings:
    values = rehearsed_values("dev")
    values["gcp"]["rehearsal"] = rehearsal
    gcp = StackSettings.model_validate(values).gcp
    assert gcp is not None
    return gcp


def version(name: str) -> dict[str, Any]:
    return {
        "type": "gcp:secretmanager/secretVersion:SecretVersion",
        "urn": f"urn:pulumi:dev-state::a-tu-mano::x::{name}",
    }


Resources = Callable[[int, str, str], list[dict[str, Any]]]
ALL = [version(name) for name in state.TOKENS]


@pytest.fixture(autouse=True)
def _no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BITBUCKET_TOKENS", raising=False)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tokens = tmp_path / "tokens"
    tokens.touch(mode=0o600)
    monkeypatch.setenv("BITBUCKET_TOKENS", str(tokens))
    return tokens


class TestTheTokens:
    def test_are_kept_where_they_are(self) -> None:
        assert bootstrap._tokens("dev", settings(), ALL) == {}

    def test_are_made_up_in_a_rehearsal(self) -> None:
        made = bootstrap._tokens("dev", settings(rehearsal=True), [])
        assert set(made) == set(state.TOKENS)

    def test_are_asked_for_only_where_they_are_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def ask(_: str, __: GcpSettings, secret: str) -> str:
            asked.append(secret)
            return "a-token"

        monkeypatch.setattr(bootstrap, "_ask", ask)
        assert bootstrap._tokens("dev", settings(), [version(state.READER)]) == {state.AUTHORIZER: "a-token"}
        assert asked == [state.AUTHORIZER]

    def test_are_not_shown_when_they_are_asked_for(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answers = iter(["two words", "a-good-token"])
        monkeypatch.setattr("sys.stdin", io.StringIO())
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
        assert bootstrap._ask("dev", settings(), state.READER) == "a-good-token"
        said = capsys.readouterr().out
        assert "example/a-tu-mano" in said
        assert "a-good-token" not in said
        assert "two words" not in said

    def test_without_a_terminal_a_file_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO())
        with pytest.raises(StackError, match=r"make bootstrap STACK=dev BITBUCKET_TOKENS=FILE"):
            bootstrap._tokens("dev", settings(), [])

    def test_of_a_file_replace_those_that_are_there(self, file: Path) -> None:
        file.write_text("# of the robot\nread = new-token-1\n\n", encoding="utf-8")
        assert bootstrap._tokens("dev", settings(), ALL) == {state.READER: "new-token-1"}

    @pytest.mark.parametrize("line", ["new-token-1", "write=new-token-1", "read=", "read=two new-token-1"])
    def test_of_a_wrong_line_are_not_repeated(self, file: Path, line: str) -> None:
        file.write_text(f"{line}\n", encoding="utf-8")
        with pytest.raises(StackError, match=r":1: is no access token") as raised:
            bootstrap._tokens("dev", settings(), ALL)
        assert "new-token-1" not in str(raised.value)

    def test_in_a_file_that_others_can_read_are_refused(self, file: Path) -> None:
        file.chmod(0o644)
        with pytest.raises(StackError, match=r"others can read. Run: chmod 600"):
            bootstrap._tokens("dev", settings(), ALL)

    def test_in_a_file_that_is_not_there_are_missed(self, file: Path) -> None:
        file.unlink()
        with pytest.raises(StackError, match=r"can't be read"):
            bootstrap._tokens("dev", settings(), ALL)


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Resources:
    """What is found in a bucket whose CLI answers so."""

    def found(code: int, out: str, said: str) -> list[dict[str, Any]]:
        done = subprocess.CompletedProcess(["pulumi"], code, out, said)
        monkeypatch.setattr(Workspace, "run", lambda *_, **__: done)
        environment = {"PULUMI_BACKEND_URL": "gs://bucket"}
        workspace = Workspace(stack="dev-state", folder=tmp_path, config=dict, environment=environment)
        return bootstrap._resources(workspace)

    return found


class TestTheBucket:
    @pytest.mark.parametrize(
        "said",
        [
            "error: no stack named 'dev-state' found",
            "error: error listing stacks: could not list bucket: blob (code=NotFound): storage: bucket doesn't exist: "
            "googleapi: Error 404: The specified bucket does not exist., notFound",
            'error: unable to open state directory "file:///x": stat /x: no such file or directory',
        ],
    )
    def test_that_is_not_there_has_nothing(self, resources: Resources, said: str) -> None:
        assert resources(255, "", said) == []

    def test_that_is_there_has_what_it_has(self, resources: Resources) -> None:
        assert resources(0, '{"deployment": {"resources": [{"urn": "a"}]}}', "") == [{"urn": "a"}]

    def test_of_a_stack_that_was_only_begun_has_nothing(self, resources: Resources) -> None:
        assert resources(0, '{"deployment": {}}', "") == []

    @pytest.mark.parametrize(
        ("said", "advice"),
        [
            ("google: could not find default credentials.", "gcloud auth application-default login"),
            ("googleapi: Error 403: x does not have storage.objects.list access", "make doctor STACK=dev"),
            ("rpc error: code = NotFound desc = CryptoKeyVersion not found.", "run the same command again"),
        ],
    )
    def test_that_can_not_be_reached_is_told_with_the_next_step(
        self, resources: Resources, said: str, advice: str
    ) -> None:
        with pytest.raises(StackError, match=advice):
            resources(255, "", said)


class TestALock:
    def lock(self, host: str, process: int) -> str:
        return (
            f"error: the stack is currently locked by 1 lock(s).\n  gs://x: created by me@{host} (pid {process}) at t"
        )

    def test_of_a_process_that_is_no_more_is_taken_away(self) -> None:
        gone = subprocess.Popen(["true"])
        gone.wait()
        assert bootstrap._holder_is_gone(self.lock(socket.gethostname(), gone.pid))

    def test_of_a_process_that_is_at_work_is_kept(self) -> None:
        assert not bootstrap._holder_is_gone(self.lock(socket.gethostname(), os.getpid()))

    def test_of_another_machine_is_kept(self) -> None:
        assert not bootstrap._holder_is_gone(self.lock("elsewhere", 2**22 + 1))

    def test_that_nobody_is_known_to_hold_is_kept(self) -> None:
        assert not bootstrap._holder_is_gone("error: the stack is currently locked")


def test_what_went_wrong_is_said_once_and_with_its_resource() -> None:
    said = (
        "error: a thing failed\n gcp:kms:KeyRing ring creating error: a thing failed\n"
        "Diagnostics:\n    error: a thing failed\n    error: update failed\nRuntimeError: noise\n"
    )
    assert bootstrap._errors(said) == ["gcp:kms:KeyRing ring creating error: a thing failed", "error: update failed"]
    assert bootstrap._errors("only this\n") == ["only this"]
