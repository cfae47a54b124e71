"""Commands on the cloud, and what they let go wrong."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.gcp import faults
from local.gcp.__main__ import main
from local.gcp.cloud import Store
from local.gcp.kinds import Refused

HUB = "gcp:networkconnectivity/hub:Hub"
HUB_ID = "projects/shop-1/locations/global/hubs/hub"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cloud with a project and one resource."""
    monkeypatch.setenv("A_TU_MANO_GCP", str(tmp_path))
    api = "networkconnectivity.googleapis.com"
    assert main(["project", "shop-1", "--billing", "0A1B2C-0A1B2C-0A1B2C", "--api", api]) == 0
    hub = {"project": "shop-1", "name": "hub", "labels": {"a": "b"}, "description": "a hub"}
    assert main(["put", HUB, json.dumps(hub)]) == 0
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_what_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["id"] for one in shown(capsys, "show")} >= {HUB_ID, "projects/shop-1", "0A1B2C-0A1B2C-0A1B2C"}
    (hub,) = shown(capsys, "show", "*/hubs/*")
    assert (hub["type"], hub["state"]["description"]) == (HUB, "a hub")
    main(["show", HUB])
    assert capsys.readouterr().out == f"{HUB}  {HUB_ID}\n"


def test_a_secret_is_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = {"project": "shop-1", "secretId": "token", "replication": {"auto": {}}}
    assert (
        main(
            ["put", "gcp:projects/service:Service", '{"project": "shop-1", "service": "secretmanager.googleapis.com"}']
        )
        == 0
    )
    assert main(["put", "gcp:secretmanager/secret:Secret", json.dumps(secret)]) == 0
    version = {"secret": "projects/shop-1/secrets/token", "secretData": "hidden"}
    assert main(["put", "gcp:secretmanager/secretVersion:SecretVersion", json.dumps(version)]) == 0
    (shown_version,) = shown(capsys, "show", "gcp:secretmanager/secretVersion:*")
    assert shown_version["state"]["secretData"] == "[secret]"


def test_drift(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["change", HUB_ID, "labels.a=c", "labels.d=e", "exportPsc=true", "description=null"]) == 0
    (hub,) = shown(capsys, "show", HUB)
    assert hub["state"]["labels"] == {"a": "c", "d": "e"}
    assert hub["state"]["effectiveLabels"] == {"a": "c", "d": "e"}
    assert hub["state"]["exportPsc"] is True
    assert "description" not in hub["state"]
    assert main(["delete", HUB_ID]) == 0
    assert shown(capsys, "show", HUB) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["delete", "nothing"], "'nothing' names 0 resources; exactly one is required."),
        (["change", HUB_ID, "description"], "'description' is not PATH=VALUE."),
        (["put", HUB, '{"project": "shop-1", "name": "hub"}'], "already exists"),
        (["put", "gcp:no/thing:Thing", "{}"], "is not a type of resource"),
    ],
)
def test_mistakes(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_without_a_cloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("A_TU_MANO_GCP", raising=False)
    assert main(["show"]) == 2
    assert "A_TU_MANO_GCP is not set" in capsys.readouterr().err


def test_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = shown(capsys, "leftovers")
    assert left["left"] == []
    assert HUB_ID in {one["id"] for one in left["notOfTheStack"]}
    assert main(["leftovers"]) == 0
    store = Store(folder)
    store.connection.execute("UPDATE resources SET urn = 'urn:pulumi:dev::t::x::hub' WHERE token = ?", (HUB,))
    store.close()
    assert main(["leftovers"]) == 1
    assert f"Left behind:\n  {HUB}  {HUB_ID}" in capsys.readouterr().out


def test_a_fault_meets_the_nth_call_and_those_after_it(folder: Path) -> None:
    assert main(["fault", "gcp:compute/*", "--call", "create", "--nth", "2", "--times", "2", "--status", "500"]) == 0
    store = Store(folder)
    subjects = ("gcp:compute/network:Network", "shop")

    def meets(call: str, *about: str) -> bool:
        due = faults.due(store.connection, call, about)
        due.meet("after")
        try:
            due.meet("before")
        except Refused as refused:
            return refused.status == 500
        return False

    assert [meets("update", *subjects), meets("create", "gcp:dns/zone:Zone")] == [False, False]
    assert [meets("create", *subjects) for _ in range(4)] == [False, True, True, False]
    assert main(["fault", "shop", "--times", "0"]) == 0
    assert all(faults.due(store.connection, "read", subjects).faults for _ in range(3))
    assert main(["clear"]) == 0
    assert faults.due(store.connection, "read", subjects).faults == ()
    store.close()


def test_latency_of_one_counts_before_that_of_all(folder: Path) -> None:
    assert main(["latency", "*", "1.5"]) == 0
    assert main(["latency", "gcp:container/*", "9"]) == 0
    store = Store(folder)
    assert faults.latency(store.connection, ("gcp:compute/network:Network",)) == 1.5
    assert faults.latency(store.connection, ("gcp:container/cluster:Cluster",)) == 9
    store.close()


def test_a_quota(folder: Path) -> None:
    assert main(["quota", "shop-1", "*", "CPUS", "2"]) == 0
    store = Store(folder)
    with store.transaction() as world:
        assert world.quota("shop-1", "europe-west1", "CPUS") == 2
    store.close()


def test_many_resources_are_quick(folder: Path) -> None:
    from local.gcp import lifecycle  # noqa: PLC0415
    from local.gcp.lifecycle import Config, Subject  # noqa: PLC0415

    store = Store(folder)
    begun = time.process_time()
    for number in range(300):
        with store.transaction() as world:
            inputs = {"project": "shop-1", "name": f"hub-{number}"}
            lifecycle.create(world, Subject.of(HUB), inputs, config=Config(), urn="urn")
    store.close()
    assert time.process_time() - begun < 3
