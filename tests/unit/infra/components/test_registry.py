"""The registry: tags never move, images are encrypted, old ones go, and nobody is let in by it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from infra.components.registry import Registry, RegistryArgs
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_keys, make_project
from tests.unit.infra.recorder import Recording, run


def recorded(stack: str = "dev", **changes: Mapping[str, Any] | bool) -> tuple[Recording, dict[str, str]]:
    outputs: dict[str, str] = {}

    def program() -> None:
        gcp = gcp_settings(stack, **changes)
        project = make_project(gcp)
        registry = Registry(
            "registry",
            RegistryArgs(
                names=NAMES,
                settings=gcp.registry,
                project=project.id,
                number=project.number,
                apis=project.apis,
                region=gcp.region,
                keys=make_keys(gcp, project),
            ),
        )
        pulumi.Output.all(id=registry.id, url=registry.url, name=registry.name, location=registry.location).apply(
            outputs.update
        )

    return run(program), outputs


@pytest.fixture(scope="module")
def dev() -> tuple[Recording, dict[str, str]]:
    return recorded()


def test_it_holds_images_whose_tags_never_move(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    inputs = recording.inputs("Repository", "registry")
    assert inputs["format"] == "DOCKER"
    assert inputs["repositoryId"] == "atm-dev-images"
    assert inputs["location"] == "us-central1"
    assert inputs["dockerConfig"] == {"immutableTags": True}


def test_it_is_encrypted_with_its_key_once_its_account_may_use_it(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    assert recording.inputs("Repository", "registry")["kmsKeyName"].endswith("/registry")
    assert "CryptoKeyIAMMember keys-registry-artifactregistry" in recording.depends_on("Repository", "registry")


@pytest.mark.parametrize(("keep", "days"), [(1, 1), (10, 30), (1000, 3650)])
def test_old_images_go_but_for_the_newest(keep: int, days: int) -> None:
    recording, _ = recorded(registry={"keepVersions": keep, "deleteAfterDays": days})
    inputs = recording.inputs("Repository", "registry")
    assert inputs["cleanupPolicyDryRun"] is False
    policies = {policy["action"]: policy for policy in inputs["cleanupPolicies"]}
    assert policies["DELETE"]["condition"] == {"olderThan": f"{days * 86400}s", "tagState": "ANY"}
    assert policies["KEEP"]["mostRecentVersions"] == {"keepCount": keep}
    for policy in policies.values():
        assert not ("condition" in policy and "mostRecentVersions" in policy), "the two exclude each other"


@pytest.mark.parametrize(("scan", "expected"), [(True, "INHERITED"), (False, "DISABLED")])
def test_images_are_scanned_as_set(scan: bool, expected: str) -> None:  # noqa: FBT001 - a parameter of the test
    recording, _ = recorded(registry={"scan": scan})
    config = recording.inputs("Repository", "registry")["vulnerabilityScanningConfig"]
    assert config == {"enablementConfig": expected}
    assert "Service project-containerscanning" in recording.depends_on("Repository", "registry")


def test_nobody_is_let_in_by_the_registry_itself(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    assert not [line for line in recording.inventory() if "artifactregistry" in line and "Iam" in line]


def test_references_start_with_its_url(dev: tuple[Recording, dict[str, str]]) -> None:
    _, outputs = dev
    assert outputs["url"] == "us-central1-docker.pkg.dev/atm-dev-b86d5c/atm-dev-images"
    assert (outputs["name"], outputs["location"]) == ("atm-dev-images", "us-central1")
    assert outputs["id"]
