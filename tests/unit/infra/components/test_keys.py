"""Keys: each encrypts one thing, is rotated, refuses to go, and is usable only by what it is for."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.components.keys import USES
from infra.components.service_agents import SERVICE_AGENTS
from tests.unit.infra.gcp_parts import gcp_settings, make_keys, make_project
from tests.unit.infra.recorder import Recording, run

NUMBER = "123456789012"


def recorded(stack: str = "dev", **changes: Mapping[str, Any] | bool) -> tuple[Recording, dict[str, str]]:
    ids: dict[str, str] = {}

    def program() -> None:
        gcp = gcp_settings(stack, **changes)
        keys = make_keys(gcp, make_project(gcp))
        pulumi.Output.all(**{use: keys.key(use) for use in USES}).apply(ids.update)

    return run(program), ids


@pytest.fixture(scope="module")
def dev() -> tuple[Recording, dict[str, str]]:
    return recorded()


def test_the_ring_is_in_the_region_and_named_by_the_setting() -> None:
    recording, _ = recorded(keys={"ring": "2"})
    assert recording.inputs("KeyRing", "keys") == {
        "project": "atm-dev-b86d5c",
        "name": "atm-dev-2",
        "location": "us-central1",
    }
    assert "Service project-cloudkms" in recording.depends_on("KeyRing", "keys")


@pytest.mark.parametrize("days", [1, 30, 90])
@pytest.mark.parametrize("protection", ["SOFTWARE", "HSM"])
def test_every_key_is_rotated_and_can_be_restored_for_a_month(days: int, protection: str) -> None:
    recording, _ = recorded(keys={"rotationDays": days, "protection": protection})
    for use in USES:
        inputs = recording.inputs("CryptoKey", f"keys-{use}")
        assert inputs["name"] == use
        assert inputs["purpose"] == "ENCRYPT_DECRYPT"
        assert inputs["rotationPeriod"] == f"{days * 86400}s"
        assert inputs["destroyScheduledDuration"] == "2592000s"
        assert inputs["versionTemplate"] == {
            "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
            "protectionLevel": protection,
        }


@pytest.mark.parametrize("protect", [True, False])
def test_one_switch_protects_ring_and_keys(protect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    recording, _ = recorded(protect=protect)
    assert recording.request("KeyRing", "keys").protect is protect
    assert {recording.request("CryptoKey", f"keys-{use}").protect for use in USES} == {protect}


def test_each_account_gets_its_own_keys_and_nothing_else(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    granted = {
        (r.inputs["cryptoKeyId"].rpartition("/")[2], r.inputs["member"])
        for r in recording.resources
        if r.typ.endswith(":CryptoKeyIAMMember")
    }
    assert granted == {
        ("cluster", f"serviceAccount:service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com"),
        ("disks", f"serviceAccount:service-{NUMBER}@compute-system.iam.gserviceaccount.com"),
        ("registry", f"serviceAccount:service-{NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com"),
        ("backup", f"serviceAccount:service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com"),
        ("backup", f"serviceAccount:service-{NUMBER}@gcp-sa-gkebackup.iam.gserviceaccount.com"),
    }
    roles = {r.inputs["role"] for r in recording.resources if r.typ.endswith(":CryptoKeyIAMMember")}
    assert roles == {"roles/cloudkms.cryptoKeyEncrypterDecrypter"}


def test_an_account_is_granted_a_key_only_once_it_is_there(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    for use, apis in USES.items():
        for api in apis:
            short = api.removesuffix(".googleapis.com")
            there = f"IAMMember project-{short}-agent" if SERVICE_AGENTS[api].role else f"Service project-{short}"
            assert there in recording.depends_on("CryptoKeyIAMMember", f"keys-{use}-{short}")


def test_a_key_is_handed_out_after_its_last_grant(dev: tuple[Recording, dict[str, str]]) -> None:
    _, ids = dev
    assert {use: key.rpartition("/")[2] for use, key in ids.items()} == {use: use for use in USES}

    def program() -> None:
        gcp = gcp_settings()
        keys = make_keys(gcp, make_project(gcp))
        for use in USES:
            pulumi.CustomResource("gcp:test/user:User", use, {"key": keys.key(use)})

    recording = run(program)
    for use, apis in USES.items():
        last = apis[-1].removesuffix(".googleapis.com")
        assert f"CryptoKeyIAMMember keys-{use}-{last}" in recording.depends_on("User", use)
    assert "CryptoKeyIAMMember keys-backup-container" in recording.depends_on(
        "CryptoKeyIAMMember", "keys-backup-gkebackup"
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days=st.integers(1, 90),
    protection=st.sampled_from(["SOFTWARE", "HSM"]),
    ring=st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
)
def test_for_all_settings_no_key_is_older_than_a_quarter_or_open_to_others(
    days: int, protection: str, ring: str
) -> None:
    recording, _ = recorded(keys={"rotationDays": days, "protection": protection, "ring": ring})
    assert recording.inputs("KeyRing", "keys")["name"] == f"atm-dev-{ring}"
    keys = [r.inputs for r in recording.resources if r.typ.endswith(":CryptoKey")]
    assert [key["name"] for key in keys] == list(USES)
    for key in keys:
        assert 86400 <= int(key["rotationPeriod"].removesuffix("s")) <= 90 * 86400
        assert key["versionTemplate"]["protectionLevel"] == protection
    members = {r.inputs["member"] for r in recording.resources if r.typ.endswith(":CryptoKeyIAMMember")}
    assert all(member.startswith(f"serviceAccount:service-{NUMBER}@") for member in members)
