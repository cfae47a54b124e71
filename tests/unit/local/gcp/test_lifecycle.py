"""Creation, change, reading and deletion in the cloud, for types that have a table and types that have none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.gcp import lifecycle
from local.gcp.cloud import Store, World, key_of, local_cluster
from local.gcp.kinds import BILLING_ACCOUNT, ORGANIZATION, PROJECT, SERVICE, UNKNOWN, Kind, Reference, Refused, Resource
from local.gcp.lifecycle import Config, Subject
from local.gcp.schema import Schema, load

BILLING = "0A1B2C-0A1B2C-0A1B2C"
CONFIG = Config(project="shop-1", region="europe-west1", labels={"team": "shop"})
HUB = "gcp:networkconnectivity/hub:Hub"
SPOKE = "gcp:networkconnectivity/spoke:Spoke"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A cloud with a project, in one transaction."""
    store = Store(tmp_path)
    with store.transaction() as world:
        world.note(BILLING_ACCOUNT, BILLING)
        world.note(ORGANIZATION, "1234")
        project = {"projectId": "shop-1", "name": "shop", "orgId": "1234", "billingAccount": BILLING}
        make(world, PROJECT, **project, autoCreateNetwork=False, deletionPolicy="DELETE")
        for api in ("networkconnectivity", "iam"):
            make(world, SERVICE, service=f"{api}.googleapis.com")
        yield world
    store.close()


def make(world: World, token: str, **inputs: Any) -> Resource:
    return lifecycle.create(world, Subject.of(token), inputs, config=CONFIG, urn=f"urn::{token}")


def change(world: World, made: Resource, **inputs: Any) -> Resource:
    return lifecycle.change(world, Subject.of(made.token), made.id, inputs, config=CONFIG, urn="urn")


def schema_of(token: str) -> Schema:
    found = load(token)
    assert found is not None
    return found


def test_a_type_without_a_table(world: World) -> None:
    hub = make(world, HUB, name="hub", description="a hub")
    assert hub.id == "projects/shop-1/locations/global/hubs/hub"
    assert hub.outputs["project"] == "shop-1"
    assert hub.outputs["createTime"] == hub.created
    assert hub.outputs["effectiveLabels"] == {"team": "shop", "goog-pulumi-provisioned": "true"}
    with pytest.raises(Refused, match="already exists") as taken:
        make(world, HUB, name="hub")
    assert taken.value.status == 409
    changed = change(world, hub, name="hub", description="another")
    assert changed.outputs["description"] == "another"
    assert changed.outputs["uniqueId"] == hub.outputs["uniqueId"]
    assert lifecycle.read(world, Subject.of(HUB), hub.id) == changed
    lifecycle.delete(world, Subject.of(HUB), hub.id)
    lifecycle.delete(world, Subject.of(HUB), hub.id)
    assert lifecycle.read(world, Subject.of(HUB), hub.id) is None
    again = make(world, HUB, name="hub")
    assert again.outputs["uniqueId"] != hub.outputs["uniqueId"]
    lifecycle.delete(world, Subject.of(HUB), again.id)
    with pytest.raises(Refused, match="not found"):
        change(world, hub, name="gone")


def test_the_project_and_its_api_come_first(world: World) -> None:
    with pytest.raises(Refused, match="'nowhere' was not found"):
        make(world, HUB, name="hub", project="nowhere")
    with pytest.raises(Refused, match=r"redis\.googleapis\.com API has not been used in project") as disabled:
        make(world, "gcp:redis/instance:Instance", name="cache", memorySizeGb=1)
    assert disabled.value.status == 403
    with pytest.raises(Refused, match="project: required field is not set"):
        lifecycle.create(world, Subject.of(HUB), {"name": "hub"}, config=Config(), urn="")


def test_a_grant_is_on_something_and_for_somebody(world: World) -> None:
    member = "gcp:serviceaccount/iAMMember:IAMMember"
    account = make(world, "gcp:serviceaccount/account:Account", accountId="worker")
    role = "roles/iam.workloadIdentityUser"
    given = {"serviceAccountId": account.outputs["name"], "role": role, "member": account.outputs["member"]}
    grant = make(world, member, **given)
    assert make(world, member, **given).id == grant.id
    with pytest.raises(Refused):
        make(world, member, **{**given, "serviceAccountId": "projects/shop-1/serviceAccounts/nobody@x"})
    with pytest.raises(Refused, match="does not exist"):
        make(world, member, **{**given, "member": "serviceAccount:nobody@shop-1.iam.gserviceaccount.com"})
    lifecycle.delete(world, Subject.of(account.token), account.id)
    assert world.get(key_of(member, grant.id)) is None


def subject(token: str, **rules: Any) -> Subject:
    return Subject(schema_of(token), Kind(token=token, api=None, source="a test", **{"id": "{name}", **rules}))


def test_references_hold_what_they_name(world: World) -> None:
    hub = make(world, HUB, name="hub")
    refers = (Reference(path="hub", to=(HUB,)),)
    spokes = subject(SPOKE, id="projects/{project}/locations/{location}/spokes/{name}", references=refers)
    inputs = {"name": "spoke", "location": "global"}

    def spoke(hub_named: str) -> Resource:
        return lifecycle.create(world, spokes, {**inputs, "hub": hub_named}, config=CONFIG, urn="")

    with pytest.raises(Refused) as missing:
        spoke("projects/shop-1/locations/global/hubs/other")
    assert missing.value.status == 404
    made = spoke(f"https://networkconnectivity.googleapis.com/v1/{hub.id}")
    with pytest.raises(Refused, match="is already being used by 'projects/shop-1/locations/global/spokes/spoke'"):
        lifecycle.delete(world, Subject.of(HUB), hub.id)
    lifecycle.delete(world, spokes, made.id)
    lifecycle.delete(world, Subject.of(HUB), hub.id)


def test_a_part_goes_with_the_whole(world: World) -> None:
    hub = make(world, HUB, name="hub")
    refers = (Reference(path="hub", to=(HUB,), inside=True),)
    made = lifecycle.create(
        world,
        subject(SPOKE, references=refers),
        {"name": "s", "location": "global", "hub": "hub"},
        config=CONFIG,
        urn="",
    )
    lifecycle.delete(world, Subject.of(HUB), hub.id)
    assert world.get(key_of(SPOKE, made.id)) is None


def test_protection_and_abandoning(world: World) -> None:
    protected = subject(HUB, protected="exportPsc", defaults={"exportPsc": True})
    made = lifecycle.create(world, protected, {"name": "a"}, config=CONFIG, urn="")
    with pytest.raises(Refused, match="exportPsc is set to true"):
        lifecycle.delete(world, protected, made.id)
    lifecycle.change(world, protected, made.id, {"name": "a", "exportPsc": False}, config=CONFIG, urn="")
    lifecycle.delete(world, protected, made.id)
    prevented = make(world, HUB, name="b", deletionPolicy="PREVENT")
    with pytest.raises(Refused, match="PREVENT"):
        lifecycle.delete(world, Subject.of(HUB), prevented.id)
    left = make(world, HUB, name="c", deletionPolicy="ABANDON")
    lifecycle.delete(world, Subject.of(HUB), left.id)
    assert world.get(key_of(HUB, left.id)) is not None
    assert world.urn(key_of(HUB, left.id)) == ""


def test_a_name_that_stays_taken(world: World) -> None:
    kept = subject(HUB, keeps_name=True)
    lifecycle.delete(world, kept, lifecycle.create(world, kept, {"name": "a"}, config=CONFIG, urn="").id)
    with pytest.raises(Refused, match="its name stays taken"):
        lifecycle.create(world, kept, {"name": "a"}, config=CONFIG, urn="")


def test_ids_that_google_makes_up(world: World) -> None:
    numbered = subject(HUB, id="{name}/{#next}")
    ids = [lifecycle.create(world, numbered, {"name": name}, config=CONFIG, urn="").id for name in ("a", "a", "b", "a")]
    assert ids == ["a/1", "a/2", "b/1", "a/3"]
    number = world.project_number("shop-1")
    assert (
        lifecycle.create(world, subject(HUB, id="p/{#number}"), {"name": "a"}, config=CONFIG, urn="").id
        == f"p/{number}"
    )
    made_up = {lifecycle.create(world, subject(HUB, id="{#uuid}"), {}, config=CONFIG, urn="").id for _ in range(2)}
    assert {len(one) for one in made_up} == {36}
    assert len(made_up) == 2


def test_rules_companions_and_what_is_filled_in(world: World) -> None:
    whole = subject(
        HUB,
        rules=(lambda resource, _: ["no."] if resource.get("description") == "bad" else [],),
        companions=lambda resource, _: [(SPOKE, {"name": "of-hub", "location": "global", "hub": resource.id})],
        outputs=lambda resource, _: {"state": resource.outputs.get("state", "NEW"), "presetTopology": "MESH"},
    )
    with pytest.raises(Refused, match=r"no\."):
        lifecycle.create(world, whole, {"name": "h", "description": "bad"}, config=CONFIG, urn="")
    made = lifecycle.create(world, whole, {"name": "h"}, config=CONFIG, urn="")
    assert (made.outputs["state"], made.outputs["presetTopology"]) == ("NEW", "MESH")
    (spoke,) = world.all(SPOKE, "shop-1")
    assert spoke.owner == key_of(HUB, "h")
    lifecycle.delete(world, whole, made.id)
    assert world.all(SPOKE) == []


def test_a_project_takes_all_with_it(world: World) -> None:
    make(world, HUB, name="hub")
    lifecycle.delete(world, Subject.of(PROJECT), "projects/shop-1")
    assert [one.token for one, _ in world.every() if one.project] == [PROJECT]
    with pytest.raises(Refused) as taken:
        make(world, PROJECT, projectId="shop-1", name="shop", orgId="1234")
    assert taken.value.status == 409


def test_a_preview_knows_what_can_be_known(world: World) -> None:
    planned = lifecycle.planned(Subject.of(HUB), {"name": "hub", "__defaults": []}, CONFIG)
    assert planned["project"] == "shop-1"
    assert planned["effectiveLabels"] == {"team": "shop", "goog-pulumi-provisioned": "true"}
    assert planned["uniqueId"] is UNKNOWN
    assert "description" not in planned
    hub = make(world, HUB, name="hub")
    replanned = lifecycle.replanned(Subject.of(HUB), hub.outputs, {"name": "hub", "description": "x"}, CONFIG)
    assert replanned == {**hub.outputs, "description": "x"}


def test_what_is_only_written_is_remembered_by_google_alone(world: World) -> None:
    versions = Subject(
        schema_of("gcp:secretmanager/secretVersion:SecretVersion"),
        Kind(token="gcp:secretmanager/secretVersion:SecretVersion", id="v", api=None, source="a test"),
    )
    inputs = {"secret": "s", "secretDataWo": "hidden", "secretDataWoVersion": "1"}
    made = lifecycle.create(world, versions, inputs, config=CONFIG, urn="")
    assert "secretDataWo" not in made.outputs
    assert made.inputs["secretDataWo"] == "hidden"


def test_the_cluster_that_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_TU_MANO_GCP_CLUSTER", raising=False)
    assert local_cluster().endpoint
    file = tmp_path / "kubeconfig"
    monkeypatch.setenv("A_TU_MANO_GCP_CLUSTER", str(file))
    with pytest.raises(Refused, match="is not a kubeconfig"):
        local_cluster()
    cluster = {"cluster": {"server": "https://10.0.0.1:6443", "certificate-authority-data": "Q0E="}}
    file.write_text(json.dumps({"clusters": [cluster]}), encoding="utf-8")
    found = local_cluster()
    assert (found.endpoint, found.ca, found.host) == ("10.0.0.1:6443", "Q0E=", "10.0.0.1:6443")
