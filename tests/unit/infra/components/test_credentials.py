"""Credentials: the same in every run, different for every name, gone with the root."""

import base64
import re

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import ComponentResource
from pulumi.runtime import rpc

from infra.components import cloud_secret
from infra.components.credentials import (
    CloudCredentialsArgs,
    Credentials,
    CredentialsArgs,
    derive,
    fingerprint,
    root_of,
)
from infra.errors import CredentialError
from infra.state import State
from tests.unit.infra.recorder import run

ROOT = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()


def test_the_derivation_is_frozen() -> None:
    """A change here would change every password of every running stack."""
    assert derive(ROOT, "database:orders") == "yPRbYbxKVhFZ67xNZNnbOHRhiJ7Sd_qyz6QMQNIabNE"


@given(st.text(max_size=30), st.text(max_size=30))
def test_credentials_differ_by_name_and_by_root(one: str, other: str) -> None:
    assert (derive(ROOT, one) == derive(ROOT, other)) == (one == other)
    assert derive(ROOT, one) != derive(OTHER, one)


@given(st.text(max_size=30))
def test_a_credential_needs_no_escaping_in_a_uri(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", derive(ROOT, name))


def test_a_fingerprint_changes_with_the_root_and_says_nothing_of_the_value() -> None:
    names = ["secret:a", "secret:b"]
    assert fingerprint(ROOT, names) == fingerprint(ROOT, names[::-1])
    assert fingerprint(ROOT, names) != fingerprint(OTHER, names)
    assert fingerprint(ROOT, names) != fingerprint(ROOT, ["secret:a"])
    assert re.fullmatch(r"[0-9a-f]{16}", fingerprint(ROOT, names))
    assert fingerprint(ROOT, ["secret:a"]) not in derive(ROOT, "secret:a")


def test_a_short_root_is_refused() -> None:
    with pytest.raises(CredentialError) as raised:
        root_of({"root": base64.b64encode(b"x" * 42).decode()})
    assert str(raised.value) == (
        "root secret: has 42 characters, 32 random bytes in base64 are required. "
        "Delete the Secret and run `make up`, which makes a new one."
    )


@pytest.mark.parametrize("data", [None, {}, {"other": "eA=="}])
def test_a_secret_without_a_root_is_refused(data: dict[str, str] | None) -> None:
    with pytest.raises(CredentialError) as raised:
        root_of(data)
    assert str(raised.value) == (
        "root secret: has no key root, 32 random bytes in base64 are required there. Run `make up`."
    )


def test_the_root_is_what_the_secret_holds() -> None:
    assert root_of({"root": base64.b64encode(f"{ROOT}\n".encode()).decode()}) == ROOT


def test_the_engine_is_told_without_a_traceback() -> None:
    def program() -> None:
        Credentials("credentials", CredentialsArgs(namespace="none", name="none"))

    with pytest.raises(pulumi.RunError, match=r"^root secret: has 5 characters"):
        run(program, root="short")


STATE = State(project="atm-dev-state-1", location="us-central1", bucket="b", ring="r")


def in_the_cloud() -> None:
    Credentials("credentials", CloudCredentialsArgs(state=STATE, stack="dev"))


class TestTheRootInSecretManager:
    def test_gives_the_same_credentials(self) -> None:
        values: list[str] = []

        def program() -> None:
            credentials = Credentials("credentials", CloudCredentialsArgs(state=STATE, stack="dev"))
            credentials.value("database:orders").apply(values.append)

        run(program, root=ROOT)
        assert values == [derive(ROOT, "database:orders")]

    def test_is_a_secret_to_the_engine(self) -> None:
        def program() -> None:
            credentials = Credentials("credentials", CloudCredentialsArgs(state=STATE, stack="dev"))
            ComponentResource("x:y:Z", "probe", {"value": credentials.value("a")}, remote=True)

        inputs = run(program, root=ROOT).requests["x:y:Z probe"].object
        assert inputs["value"][rpc._special_sig_key] == rpc._special_secret_sig

    def test_registers_nothing_but_itself(self) -> None:
        recording = run(in_the_cloud, root=ROOT)
        assert recording.inventory() == ["a-tu-mano:credentials:Credentials credentials"]

    def test_that_is_short_is_refused(self) -> None:
        with pytest.raises(pulumi.RunError, match=r"^root secret: has 5 characters.*Add a version.*/secrets/root"):
            run(in_the_cloud, root="short")

    def test_that_is_not_there_is_told_in_a_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(**_: object) -> None:
            msg = "Secret Version not found or has no versions"
            raise ValueError(msg)

        monkeypatch.setattr(cloud_secret, "get_secret_version", refuse)
        with pytest.raises(
            pulumi.RunError,
            match=r"^projects/atm-dev-state-1/secrets/root: can't be read .*Run `make bootstrap STACK=dev`\.$",
        ):
            run(in_the_cloud)
