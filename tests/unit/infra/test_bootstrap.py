"""What `make bootstrap` registers: the place of a stack's state, and its first secrets."""

import base64
from typing import Any

import pytest

from infra import bootstrap, state
from infra.naming import Naming
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import Recording, rehearsed_values, run

TOKENS = {state.AUTHORIZER: "authorizer-token", state.READER: "read-token"}


def record(*, tokens: dict[str, str] | None = None, secrets: bool = True, stack: str = "dev", **gcp: Any) -> Recording:
    values = rehearsed_values(stack)
    values["gcp"] |= gcp
    settings = StackSettings.model_validate(values).gcp
    assert settings is not None
    told = bootstrap.Bootstrap(
        names=Naming(prefix="atm", stack=stack),
        settings=settings,
        tokens=TOKENS if tokens is None else tokens,
        secrets=secrets,
    )
    return run(lambda: bootstrap.program(told))


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record()


def of_kind(recording: Recording, kind: str) -> dict[str, dict[str, Any]]:
    return {r.name: r.inputs for r in recording.resources if r.typ[:4] == "gcp:" and r.typ.endswith(f":{kind}")}


def plain(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and "value" in value else value


class TestTheBucket:
    def test_is_closed_to_the_public_and_keeps_what_was_overwritten(self, recording: Recording) -> None:
        bucket = recording.inputs("Bucket", "bucket")
        assert bucket["uniformBucketLevelAccess"] is True
        assert bucket["publicAccessPrevention"] == "enforced"
        assert bucket["versioning"] == {"enabled": True}
        assert bucket["forceDestroy"] is False
        assert 7 <= bucket["softDeletePolicy"]["retentionDurationSeconds"] / 86400 <= 90

    def test_deletes_only_what_was_overwritten(self, recording: Recording) -> None:
        rules = recording.inputs("Bucket", "bucket")["lifecycleRules"]
        [rule] = [rule["condition"] for rule in rules if rule["action"]["type"] == "Delete"]
        assert rule["withState"] == "ARCHIVED"

    def test_can_be_written_to_by_the_engine(self, recording: Recording) -> None:
        """It overwrites its state and removes its locks."""
        assert "retentionPolicy" not in recording.inputs("Bucket", "bucket")

    def test_is_encrypted_only_after_its_account_may_use_the_key(self, recording: Recording) -> None:
        assert "CryptoKeyIAMMember key-bucket" in recording.depends_on("Bucket", "bucket")


def test_every_key_is_rotated_within_90_days_and_protected(recording: Recording) -> None:
    keys = of_kind(recording, "CryptoKey")
    assert {key["name"] for key in keys.values()} == set(state.KEYS)
    for name, key in keys.items():
        assert int(key["rotationPeriod"].removesuffix("s")) <= 90 * 86400
        assert recording.request("CryptoKey", name).protect


def test_only_googles_accounts_are_granted_anything(recording: Recording) -> None:
    grants = of_kind(recording, "CryptoKeyIAMMember") | of_kind(recording, "IAMMember")
    assert grants
    for grant in grants.values():
        address = grant["member"].partition(":")[2]
        assert address.startswith("service-")
        assert "owner" not in grant["role"]
        assert "editor" not in grant["role"]


def test_nobody_but_people_may_read_the_state_of_the_bootstrap(recording: Recording) -> None:
    """It holds the Bitbucket tokens, encrypted with a key of its own."""
    assert not [grant for grant in of_kind(recording, "CryptoKeyIAMMember") if "bootstrap" in grant]


class TestTheSecrets:
    def test_are_those_that_the_program_reads(self, recording: Recording) -> None:
        secrets = {secret["secretId"] for secret in of_kind(recording, "Secret").values()}
        assert secrets == {state.ROOT, *state.BITBUCKET}

    def test_stay_in_the_region_under_a_key_of_ours(self, recording: Recording) -> None:
        for secret in of_kind(recording, "Secret").values():
            [replica] = secret["replication"]["userManaged"]["replicas"]
            assert replica["location"] == "us-central1"
            assert replica["customerManagedEncryption"]["kmsKeyName"]

    def test_the_root_is_32_random_bytes(self, recording: Recording) -> None:
        roots = [plain(of_kind(made, "SecretVersion")["root"]["secretData"]) for made in (recording, record())]
        assert [len(base64.b64decode(root)) for root in roots] == [32, 32]
        assert roots[0] != roots[1]

    def test_the_root_and_the_webhooks_are_never_changed_by_a_later_run(self, recording: Recording) -> None:
        for name in (state.ROOT, state.WEBHOOK):
            assert list(recording.request("SecretVersion", name).ignoreChanges) == ["secretData"]

    def test_a_token_is_kept_unless_a_new_one_is_given(self) -> None:
        again = record(tokens={state.READER: "another"})
        assert list(again.request("SecretVersion", state.AUTHORIZER).ignoreChanges) == ["secretData"]
        assert not again.request("SecretVersion", state.READER).ignoreChanges
        assert plain(of_kind(again, "SecretVersion")[state.READER]["secretData"]) == "another"

    def test_the_version_before_outlives_the_connections_use_of_it(self, recording: Recording) -> None:
        for version in of_kind(recording, "SecretVersion").values():
            assert version["deletionPolicy"] == "ABANDON"

    def test_a_token_can_be_replaced_the_root_can_not(self, recording: Recording) -> None:
        assert not recording.request("SecretVersion", state.READER).protect
        assert recording.request("SecretVersion", state.ROOT).protect

    def test_are_secrets_to_the_engine(self, recording: Recording) -> None:
        for name in of_kind(recording, "SecretVersion"):
            assert "1b47061264138c4ac30d75fd1eb44270" in str(
                recording.request("SecretVersion", name).object["secretData"]
            )

    def test_are_made_only_where_the_state_is_no_longer_on_this_machine(self) -> None:
        first = record(secrets=False)
        assert not of_kind(first, "SecretVersion")
        assert of_kind(first, "Bucket")


def test_an_existing_project_is_taken() -> None:
    taken = record(state={"project": "state-of-the-shop", "create": False})
    assert not of_kind(taken, "Project")
    assert taken.inputs("Bucket", "bucket")["project"] == "state-of-the-shop"


def test_reads_and_writes_are_logged(recording: Recording) -> None:
    [audit] = of_kind(recording, "IAMAuditConfig").values()
    assert {entry["logType"] for entry in audit["auditLogConfigs"]} == {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}


def test_everything_but_the_project_is_charged_to_the_project(recording: Recording) -> None:
    for kind, name in (
        ("Bucket", "bucket"),
        ("Secret", "root"),
        ("SecretVersion", "root"),
        ("CryptoKey", "key-pulumi"),
    ):
        assert "state-provider" in recording.request(kind, name).provider
