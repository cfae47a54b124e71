"""Credentials: the same in every run, different for every name, gone with the root."""

import base64
import re

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.components.credentials import Credentials, CredentialsArgs, derive, fingerprint, root_of
from infra.errors import CredentialError
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
