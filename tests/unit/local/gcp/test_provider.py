"""What the engine gets to hear, call by call."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from local.gcp.__main__ import main
from local.gcp.kinds import UNKNOWN
from local.gcp.provider import Servicer
from local.gcp.values import merged, properties_of, struct_of

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


class Aborted(Exception):
    """The call was answered with an error."""


class Context:
    async def abort(self, _code: Any, message: str, _details: Any = ()) -> None:
        raise Aborted(message)


def urn(token: str, name: str = "test") -> str:
    return f"urn:pulumi:dev::shop::a-tu-mano:gcp:Thing${token}::{name}"


class Caller:
    """Calls a provider as the engine does."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.servicer = Servicer([], "10.2.0", "")
        self.call("Configure", provider_pb2.ConfigureRequest(args=struct_of(settings)))

    def call(self, name: str, request: Any) -> Any:
        method: Callable[[Any, Any], Coroutine[Any, Any, Any]] = getattr(self.servicer, name)
        return asyncio.run(method(request, Context()))

    def check(self, token: str, inputs: dict[str, Any]) -> Any:
        request = provider_pb2.CheckRequest(urn=urn(token), news=struct_of(inputs), randomSeed=b"1")
        return self.call("Check", request)

    def create(self, token: str, inputs: dict[str, Any], *, preview: bool = False) -> Any:
        checked = self.check(token, inputs).inputs
        return self.call("Create", provider_pb2.CreateRequest(urn=urn(token), properties=checked, preview=preview))

    def read(self, token: str, id_: str, inputs: dict[str, Any]) -> Any:
        return self.call("Read", provider_pb2.ReadRequest(urn=urn(token), id=id_, inputs=struct_of(inputs)))

    def diff(self, token: str, state: Any, olds: dict[str, Any], news: dict[str, Any]) -> Any:
        return self.call(
            "Diff",
            provider_pb2.DiffRequest(
                urn=urn(token), olds=state, old_inputs=struct_of(olds), news=self.check(token, news).inputs
            ),
        )


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("A_TU_MANO_GCP", str(tmp_path))
    assert (
        main(["project", "shop-1", "--billing", "0A1B2C-0A1B2C-0A1B2C", "--api", "secretmanager.googleapis.com"]) == 0
    )
    return Caller({"project": "shop-1", "region": "europe-west1", "defaultLabels": '{"team": "shop"}'})


def test_values_come_and_go_as_they_are() -> None:
    properties = {"a": 1, "b": 1.5, "c": True, "d": "x", "e": [1, {"f": []}], "g": {}, "h": UNKNOWN, "i": [UNKNOWN]}
    assert properties_of(struct_of(properties)) == properties
    assert properties_of(struct_of({"a": None})) == {}
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"}
    assert properties_of(struct_of({"a": secret})) == {"a": "hidden"}


def test_what_is_merged() -> None:
    under = {"a": {"b": 1}, "c": [{"d": 1}], "e": [1]}
    over = {"a": {"f": 2}, "c": [{"g": 3}], "e": [1, 2]}
    assert merged(under, over) == {"a": {"b": 1, "f": 2}, "c": [{"d": 1, "g": 3}], "e": [1, 2]}


def test_without_a_cloud_nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_TU_MANO_GCP", raising=False)
    with pytest.raises(Aborted, match="A_TU_MANO_GCP is not set"):
        Caller({})


def test_a_setting_that_there_is_not(caller: Caller) -> None:
    request = provider_pb2.CheckRequest(urn="x", news=struct_of({"project": "a", "projet": "b", "version": "10.2.0"}))
    assert [one.property for one in caller.call("CheckConfig", request).failures] == ["projet"]


def test_settings_are_changed_in_place(caller: Caller) -> None:
    news = struct_of({"project": "b"})
    answer = caller.call("DiffConfig", provider_pb2.DiffRequest(olds=struct_of({"project": "a"}), news=news))
    assert (answer.changes, list(answer.replaces), list(answer.diffs)) == (2, [], ["project"])


def test_a_preview_leaves_no_trace(caller: Caller) -> None:
    inputs = {"secretId": "token", "replication": {"auto": {}}}
    planned = properties_of(caller.create(SECRET, inputs, preview=True).properties)
    assert planned["name"] is UNKNOWN
    assert planned["effectiveLabels"]["team"] == "shop"
    assert caller.read(SECRET, "projects/shop-1/secrets/token", {}).id == ""


def test_after_a_refresh_nothing_differs(caller: Caller) -> None:
    inputs = {"secretId": "token", "replication": {"auto": {}}, "labels": {"a": "b"}}
    made = caller.create(SECRET, inputs)
    assert made.id == "projects/shop-1/secrets/token"
    checked = properties_of(caller.check(SECRET, inputs).inputs)
    read = caller.read(SECRET, made.id, checked)
    assert properties_of(read.inputs) == checked
    answer = caller.diff(SECRET, read.properties, properties_of(read.inputs), inputs)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert answer.hasDetailedDiff


def test_drift_is_read_and_differs(caller: Caller) -> None:
    inputs = {"secretId": "token", "replication": {"auto": {}}, "labels": {"a": "b"}}
    made = caller.create(SECRET, inputs)
    assert main(["change", made.id, "labels.a=c"]) == 0
    read = caller.read(SECRET, made.id, inputs)
    assert properties_of(read.inputs)["labels"] == {"a": "c"}
    answer = caller.diff(SECRET, read.properties, properties_of(read.inputs), inputs)
    assert "labels.a" in answer.detailedDiff
    assert answer.detailedDiff["labels.a"].kind == provider_pb2.PropertyDiff.UPDATE


def test_what_is_imported_has_its_inputs(caller: Caller) -> None:
    inputs = {"secretId": "token", "replication": {"auto": {}}}
    made = caller.create(SECRET, inputs)
    imported = properties_of(caller.read(SECRET, made.id, {}).inputs)
    assert {name: imported[name] for name in inputs} == inputs
    assert imported["project"] == "shop-1"


def test_a_data_source(caller: Caller) -> None:
    def ask(token: str, **arguments: Any) -> dict[str, Any]:
        answer = caller.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=struct_of(arguments)))
        return properties_of(getattr(answer, "return"))

    secret = caller.create(SECRET, {"secretId": "token", "replication": {"auto": {}}})
    for data in ("first", "second"):
        caller.create(VERSION, {"secret": secret.id, "secretData": data})
    token = "gcp:secretmanager/getSecretVersion:getSecretVersion"
    assert ask(token, secret="token")["secretData"] == "second"
    assert ask(token, secret="token", version="1")["secretData"] == "first"
    with pytest.raises(Aborted, match="Error 404"):
        ask(token, secret="token", version="9")
    assert ask("gcp:organizations/getProject:getProject")["projectId"] == "shop-1"
    assert ask("gcp:organizations/getClientConfig:getClientConfig")["region"] == "europe-west1"
    agent = ask("gcp:storage/getProjectServiceAccount:getProjectServiceAccount")
    assert agent["emailAddress"].endswith("@gs-project-accounts.iam.gserviceaccount.com")
    with pytest.raises(Aborted, match=r"The data source getNothing .* is not emulated"):
        ask("gcp:no/getNothing:getNothing")


def test_a_mistake_of_ours_is_no_traceback(caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        message = "broken"
        raise KeyError(message)

    monkeypatch.setattr("local.gcp.lifecycle.create", broken)
    with pytest.raises(Aborted, match=r"The emulated provider made a mistake .*KeyError") as said:
        caller.create(SECRET, {"secretId": "token", "replication": {"auto": {}}})
    assert "Traceback" not in str(said.value)
    assert "Traceback" in (tmp_path / "mistakes.log").read_text(encoding="utf-8")


def test_waiting_ends_when_the_engine_is_interrupted(caller: Caller) -> None:
    assert main(["latency", "*", "60"]) == 0
    inputs = struct_of({"secretId": "token", "replication": {"auto": {}}})

    async def both() -> None:
        creation = caller.servicer.Create(provider_pb2.CreateRequest(urn=urn(SECRET), properties=inputs), Context())
        waiting = asyncio.ensure_future(creation)
        await asyncio.sleep(0)
        await caller.servicer.Cancel(None, Context())
        with pytest.raises(Aborted, match="interrupted while waiting"):
            await waiting
        assert caller.servicer._store.connection.execute(
            "SELECT count(*) FROM resources WHERE urn != ''"
        ).fetchone() == (1,)

    asyncio.run(both())


def test_the_schema_names_the_provider(caller: Caller) -> None:
    assert json.loads(caller.call("GetSchema", provider_pb2.GetSchemaRequest()).schema)["name"] == "gcp"
