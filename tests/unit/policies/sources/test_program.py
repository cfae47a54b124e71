"""The capture of the program alone."""

import json
import re
from typing import Any

import jsonschema
import pulumi
import pytest

from infra.errors import SettingsError
from infra.settings import ROOT
from policies.capture import SECRET, UNKNOWN, Capture, leaves, load
from policies.sources import program

SCHEMA = json.loads((ROOT / "policies/capture.schema.json").read_text(encoding="utf-8"))
CLUSTER = "gcp:container/cluster:Cluster"


def test_it_has_what_the_inventory_of_the_stack_has(prod: Capture, dev: Capture) -> None:
    from tests.golden.inventory import listed  # noqa: PLC0415 - the inventory loads the whole SDK

    for capture in (prod, dev):
        assert {f"{r.type} {r.name}" for r in capture.resources} == listed(capture.stack)


def test_every_resource_has_the_line_that_asks_for_it(prod: Capture, local: Capture) -> None:
    for resource in (*prod.resources, *local.resources):
        assert resource.file is not None, resource.urn
        assert resource.line is not None
        text = (ROOT / resource.file).read_text(encoding="utf-8").splitlines()
        assert 1 <= resource.line <= len(text)
    [cluster] = prod.of(CLUSTER)
    line = (ROOT / str(cluster.file)).read_text(encoding="utf-8").splitlines()[(cluster.line or 0) - 1]
    assert "container.Cluster(" in line


def test_what_the_cloud_fills_in_is_not_known_and_what_is_given_is(prod: Capture) -> None:
    [cluster] = prod.of(CLUSTER)
    assert cluster.raw("network") is UNKNOWN
    assert cluster.raw("databaseEncryption.keyName") is UNKNOWN
    assert cluster.get("databaseEncryption.state") == "ENCRYPTED"
    assert cluster.comes_from("databaseEncryption.keyName", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")


def test_the_namespace_of_every_kubernetes_object_is_known(prod: Capture, local: Capture) -> None:
    for resource in (*prod.resources, *local.resources):
        if resource.type.startswith("kubernetes:") and not resource.read:
            assert not [path for path in resource.unknowns() if path.startswith("metadata.n")], resource.urn


def test_no_secret_is_in_it(local: Capture) -> None:
    secrets = [r for r in local.of("kubernetes:core/v1:Secret") if not r.read]
    assert secrets
    for resource in secrets:
        values = [value for path, value in leaves(resource.inputs) if path.startswith("stringData")]
        assert values
        assert set(map(id, values)) <= {id(SECRET), id(UNKNOWN)} or set(values) <= {SECRET}


def test_urns_are_the_engine_s(prod: Capture) -> None:
    [policy] = prod.of("gcp:binaryauthorization/policy:Policy")
    chain = "a-tu-mano:gcp:Cluster$a-tu-mano:gcp:BinaryAuthorization$gcp:binaryauthorization/policy:Policy"
    assert policy.urn == f"urn:pulumi:prod::a-tu-mano::{chain}::cluster-images"


def test_every_dependency_and_parent_is_in_it(prod: Capture, dev: Capture, local: Capture) -> None:
    for capture in (prod, dev, local):
        known = {resource.urn for resource in capture.resources}
        for resource in capture.resources:
            assert set(resource.dependencies) <= known
            assert {urn for urns in resource.property_dependencies.values() for urn in urns} <= known
            assert resource.parent is None or resource.parent in known


def test_an_image_is_by_digest_unless_the_settings_allow_tags(prod: Capture, local: Capture) -> None:
    for capture, pattern in ((prod, r".+@sha256:[0-9a-f]{64}"), (local, r".+:.+")):
        for deployment in capture.of("kubernetes:apps/v1:Deployment"):
            image = deployment.get("spec.template.spec.containers[0].image")
            assert re.fullmatch(pattern, image)
            assert ("@" in image) == (capture is prod)


def test_named_images_are_taken() -> None:
    wanted = "registry.example/orders@sha256:" + "a" * 64
    found = program.capture("prod", images={"orders": wanted})
    [orders] = [r for r in found.of("kubernetes:apps/v1:Deployment") if r.name == "orders"]
    assert orders.get("spec.template.spec.containers[0].image") == wanted


def test_a_mistake_in_the_settings_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match="prefix"):
        program.capture("prod", {"a-tu-mano:prefix": "NOT A PREFIX"})


def test_the_form_is_the_documented_one(prod: Capture, local: Capture) -> None:
    for capture in (prod, local):
        document = json.loads(json.dumps(capture.dump()))
        jsonschema.validate(document, SCHEMA)
        assert load(document) == capture


def test_the_page_explains_each_key() -> None:
    page = (ROOT / "docs/capture.md").read_text(encoding="utf-8")
    keys = SCHEMA["properties"]["resources"]["items"]["properties"]
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)) == {
        key: described["description"] for key, described in keys.items()
    }


def test_marks_of_the_engine_are_understood() -> None:
    """Secrets, unknowns and references as a program hands them to the engine."""

    class Thing(pulumi.CustomResource):
        def __init__(self, name: str, properties: dict[str, Any]) -> None:
            super().__init__("test:index:Thing", name, {**properties, "filled": None})

    def stack() -> None:
        first = Thing("first", {"plain": "a", "number": 3, "hidden": pulumi.Output.secret("x")})
        Thing("second", {"from": first.id, "inside": {"list": [first.id, pulumi.Output.secret("y")]}})

    found = program.capture_program("prod", stack)
    first, second = found.resources
    assert dict(first.inputs) == {"plain": "a", "number": 3, "hidden": SECRET}
    assert second.unknowns() == ["from", "inside.list[0]"]
    assert second.raw("inside.list[1]") == SECRET
    assert second.property_dependencies["from"] == (first.urn,)
