"""What an interrupted run leaves is put into the state and asked for; nothing else is touched, and nothing is lost."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from local import heal
from local.workspace import StackError, Workspace

RING = "urn:pulumi:dev::a-tu-mano::gcp:kms/keyRing:KeyRing::ring"
RING_ID = "projects/p/locations/us-central1/keyRings/r"


def operation(urn: str = RING, kind: str = "creating", **resource: Any) -> dict[str, Any]:
    inputs = {"project": "p", "location": "us-central1", "name": "r"}
    return {"type": kind, "resource": {"urn": urn, "type": urn.split("::")[2], "inputs": inputs, **resource}}


class Engine:
    """A state, and what the CLI was asked to do with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *operations: dict[str, Any], code: int = 0) -> None:
        self.state: dict[str, Any] = {"resources": [{"urn": "there"}], "pending_operations": list(operations)}
        self.asked: list[Sequence[str]] = []
        self.workspace = Workspace(stack="dev", folder=Path("/nowhere"), config=dict, environment={})

        def run(_: Workspace, arguments: Sequence[str], **__: Any) -> subprocess.CompletedProcess[str]:
            self.asked.append(arguments)
            return subprocess.CompletedProcess(list(arguments), code, "said", "")

        def checked(_: Workspace, arguments: Sequence[str], **__: Any) -> str:
            self.state = json.loads(Path(arguments[arguments.index("--file") + 1]).read_text(encoding="utf-8"))[
                "deployment"
            ]
            return ""

        monkeypatch.setattr(Workspace, "deployment", lambda _: json.loads(json.dumps(self.state)))
        monkeypatch.setattr(Workspace, "command", lambda _, arguments: list(arguments))
        monkeypatch.setattr(Workspace, "run", run)
        monkeypatch.setattr(Workspace, "checked", checked)


def test_nothing_is_asked_where_nothing_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    assert heal.heal(engine.workspace) == []
    assert engine.asked == []


def test_a_creation_is_taken_over_by_its_id_and_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, operation())
    assert heal.heal(engine.workspace) == ["ring"]
    [there, taken] = engine.state["resources"]
    assert there == {"urn": "there"}
    assert (taken["urn"], taken["id"], taken["outputs"]) == (RING, RING_ID, {})
    assert engine.state["pending_operations"] == []
    [refresh] = engine.asked
    assert refresh[0] == "refresh"
    assert RING in refresh


def test_an_id_that_is_known_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = "urn:pulumi:dev::a-tu-mano::gcp:essentialcontacts/contact:Contact::contact"
    engine = Engine(monkeypatch, operation(contact, id="projects/1/contacts/2", outputs={"name": "x"}))
    heal.heal(engine.workspace)
    assert engine.state["resources"][-1]["id"] == "projects/1/contacts/2"
    assert engine.state["resources"][-1]["outputs"] == {"name": "x"}


@pytest.mark.parametrize(
    "token",
    [
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        "gcp:projects/iamMemberRemove:IamMemberRemove",
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        "gcp:projects/service:Service",
        "gcp:projects/serviceIdentity:ServiceIdentity",
        "kubernetes:core/v1:Secret",
    ],
)
def test_what_may_be_made_twice_is_left_to_the_engine(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    engine = Engine(monkeypatch, operation(f"urn:pulumi:dev::a-tu-mano::{token}::x"))
    assert heal.heal(engine.workspace) == []
    assert engine.asked == []


def test_updates_and_deletions_are_left_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, operation(kind="updating"), operation(kind="deleting"))
    assert heal.heal(engine.workspace) == []
    assert len(engine.state["pending_operations"]) == 2


def test_a_state_that_could_not_be_asked_for_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, operation(), code=1)
    before = json.loads(json.dumps(engine.state))
    with pytest.raises(StackError, match=r"left of ring could not be looked at"):
        heal.heal(engine.workspace)
    assert engine.state == before
