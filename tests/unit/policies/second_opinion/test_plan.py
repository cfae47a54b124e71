"""A capture as Terraform would plan it."""

from collections import Counter
from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.objects import objects
from policies.second_opinion.plan import plan

STACK = "urn:pulumi:test::a-tu-mano"


def capture(*resources: Resource) -> Capture:
    return Capture(stack="test", project="a-tu-mano", source="program", resources=resources)


def resource(type_: str, name: str, parent: str | None = None, **inputs: Any) -> Resource:
    above = f"{parent.split('::')[2]}$" if parent else ""
    return Resource(
        urn=f"{STACK}::{above}{type_}::{name}",
        type=type_,
        name=name,
        inputs=inputs,
        parent=parent,
        custom=type_.startswith("gcp:"),
    )


def addresses(module: dict[str, Any]) -> list[str]:
    inner = [address for child in module.get("child_modules", []) for address in addresses(child)]
    return [one["address"] for one in module["resources"]] + inner


@pytest.mark.parametrize("stack", ["prod", "dev", "place"])
def test_every_resource_of_google_is_in_it_once(stack: str, request: pytest.FixtureRequest) -> None:
    captured: Capture = request.getfixturevalue(stack)
    wanted = [r.urn for r in captured.resources if r.type.startswith("gcp:") and not r.read]
    planned = plan(captured)
    assert Counter(one.resource.urn for one in planned.planned.values()) == Counter(wanted)
    assert Counter(addresses(planned.document["planned_values"]["root_module"])) == Counter([*planned.planned])
    assert {change["address"] for change in planned.document["resource_changes"]} == planned.planned.keys()
    # checkov finds a resource's configuration, and what refers to it, by type and name.
    assert len({(one.type, one.name) for one in planned.planned.values()}) == len(planned.planned)


def test_a_component_is_a_module() -> None:
    outer = resource("a-tu-mano:gcp:Keys", "keys")
    inner = resource("a-tu-mano:gcp:Ring", "in.side", outer.urn)
    ring = resource("gcp:kms/keyRing:KeyRing", "ring", inner.urn)
    found = plan(capture(outer, inner, ring))
    assert [*found.planned] == ["module.keys.module.in_side.google_kms_key_ring.ring"]
    calls = found.document["configuration"]["root_module"]["module_calls"]
    assert calls["keys"]["module"]["module_calls"]["in_side"]["module"]["resources"][0]["name"] == "ring"


def test_two_of_one_type_and_name_are_told_apart() -> None:
    parts = [resource(f"a-tu-mano:gcp:{kind}", "part") for kind in ("Keys", "Registry")]
    rings = [resource("gcp:kms/keyRing:KeyRing", "ring", part.urn) for part in parts]
    assert [one.name for one in plan(capture(*parts, *rings)).planned.values()] == ["ring", "ring__2"]


def test_what_a_property_comes_from_is_its_references() -> None:
    ring = resource("gcp:kms/keyRing:KeyRing", "ring")
    key = resource("gcp:kms/cryptoKey:CryptoKey", "key", keyRing=UNKNOWN, purpose="k")
    sources = {"keyRing": (ring.urn,), "purpose": (f"{STACK}::kubernetes:core/v1:Namespace::x",)}
    key = Resource(urn=key.urn, type=key.type, name=key.name, inputs=key.inputs, property_dependencies=sources)
    document = plan(capture(ring, key)).document
    expressions = document["configuration"]["root_module"]["resources"][1]["expressions"]
    assert expressions == {"key_ring": {"references": ["google_kms_key_ring.ring.id", "google_kms_key_ring.ring"]}}
    change = document["resource_changes"][1]["change"]
    assert change == {
        "actions": ["create"],
        "before": None,
        "after": {"purpose": "k"},
        "after_unknown": {"key_ring": True},
    }


def test_what_the_provider_adds_is_in_its_configuration_alone(prod: Capture) -> None:
    document = plan(prod).document
    provider = document["configuration"]["provider_config"]["google.project-provider"]
    assert provider["name"] == "google"
    assert "default_labels" in provider["expressions"]


def test_a_type_without_a_name_is_an_error() -> None:
    with pytest.raises(OpinionError, match="gcp:redis/instance:Instance"):
        plan(capture(resource("gcp:redis/instance:Instance", "cache")))


def test_every_object_of_kubernetes_has_a_file(prod: Capture) -> None:
    found = objects(prod)
    assert len(found) == sum(r.type.startswith("kubernetes:") and not r.read for r in prod.resources)
    assert {one.manifest["kind"] for one in found.values()} >= {"Deployment", "StatefulSet", "NetworkPolicy"}
    assert any(file.endswith("-Deployment-shop-auth.yaml") for file in found)


def test_an_object_has_only_what_is_known() -> None:
    metadata = {"name": UNKNOWN, "namespace": "shop"}
    secret = resource("kubernetes:core/v1:Secret", "a b", kind="Secret", metadata=metadata, items=[1, UNKNOWN, None])
    [(file, one)] = objects(capture(secret)).items()
    assert file == "0000-Secret-shop-a_b.yaml"
    assert one.manifest == {"kind": "Secret", "metadata": {"namespace": "shop"}, "items": [1, None]}
