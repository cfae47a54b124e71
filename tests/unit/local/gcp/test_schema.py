"""What is read from the text of the SDK."""

from pathlib import Path

import pytest

from local.gcp import schema
from local.gcp.schema import Type


def test_a_type_has_its_properties_by_their_names_on_the_wire() -> None:
    found = schema.load("gcp:compute/network:Network")
    assert found is not None
    assert found.properties["autoCreateSubnetworks"].type == Type("bool")
    assert found.properties["mtu"].type == Type("int")
    assert not found.properties["selfLink"].input
    assert found.properties["routingMode"].filled
    assert not found.properties["description"].filled
    assert found.id == "projects/{project}/global/networks/{name}"


def test_objects_inside_are_known_and_what_is_required_in_them() -> None:
    found = schema.load("gcp:compute/subnetwork:Subnetwork")
    assert found is not None
    ranges = found.properties["secondaryIpRanges"].type
    assert ranges.kind == "list"
    assert ranges.of is not None
    assert found.fields(ranges.of)["rangeName"].required
    assert found.properties["ipCidrRange"].required is False
    assert found.properties["network"].required


def test_what_is_secret() -> None:
    found = schema.load("gcp:secretmanager/secretVersion:SecretVersion")
    assert found is not None
    assert found.secrets == {"secretData", "secretDataWo"}
    labelled = schema.load("gcp:secretmanager/secret:Secret")
    assert labelled is not None
    assert labelled.secrets == frozenset()


def test_what_the_documentation_says_of_changes() -> None:
    found = schema.load("gcp:organizations/project:Project")
    assert found is not None
    assert found.properties["projectId"].immutable
    assert not found.properties["labels"].immutable


@pytest.mark.parametrize("token", ["gcp:compute/nothing:Nothing", "gcp:nothing/network:Network", "kubernetes:x:Y", ""])
def test_a_type_that_there_is_not(token: str) -> None:
    assert schema.load(token) is None


def test_it_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "CACHE", tmp_path)
    token = "gcp:cloudbuild/trigger:Trigger"
    read = schema._load.__wrapped__(token)
    kept = list(tmp_path.rglob("*.json"))
    assert [file.name for file in kept] == ["gcp.cloudbuild.trigger.Trigger.json"]
    again = schema._load.__wrapped__(token)
    assert read is not None
    assert again is not None
    for part in ("properties", "objects", "id", "secrets"):
        assert getattr(again, part) == getattr(read, part)
    kept[0].write_text("{}broken", encoding="utf-8")
    assert schema._load.__wrapped__(token) is not None


def test_settings_of_the_provider_are_known() -> None:
    assert {"project", "region", "defaultLabels", "userProjectOverride", "accessToken"} <= schema.provider_properties()
