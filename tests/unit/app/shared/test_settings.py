"""Settings: secrets from files, mistakes as sentences, placeholders refused where it matters."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.shared.settings import load
from tests.unit.app.shared.demo import DemoSettings, settings

GENERATED = "mongodb://demo:Zx81kQ0pW7vB5nM2@mongodb/demo"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A valid environment; the answer is its directory of secrets."""
    for name, value in {"STACK": "dev", "PUBLIC_URL": "https://dev.example.com", "SECRETS_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "mongodb_uri").write_text(GENERATED)
    return tmp_path


def test_secrets_are_read_from_one_file_each(environment: Path) -> None:
    loaded = load(DemoSettings)
    assert loaded.mongodb_uri.get_secret_value() == GENERATED
    assert (loaded.stack, loaded.secure, loaded.issuer) == ("dev", True, "https://dev.example.com/auth")


def test_a_missing_secret_ends_the_process_with_the_next_step(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (environment / "mongodb_uri").unlink()
    with pytest.raises(SystemExit, match="2"):
        load(DemoSettings)
    message = capsys.readouterr().err
    assert message.startswith("demo: mongodb_uri: Field required. The service cannot start.")
    assert f"write {environment}/mongodb_uri" in message


@pytest.mark.parametrize("password", ["changeme", "CHANGE-ME-now-please", "password", "short", "placeholder-value", ""])
def test_a_placeholder_is_refused_outside_local_without_being_shown(
    environment: Path, capsys: pytest.CaptureFixture[str], password: str
) -> None:
    (environment / "mongodb_uri").write_text(f"mongodb://demo:{password}@mongodb/demo")
    with pytest.raises(SystemExit):
        load(DemoSettings)
    message = capsys.readouterr().err
    assert "mongodb_uri is a placeholder or shorter than 12 characters, dev needs a generated value" in message
    assert "@mongodb" not in message


def test_the_local_stack_takes_what_it_is_given() -> None:
    assert settings(stack="local").mongodb_uri.get_secret_value() == "mongodb://localhost/demo"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "localhost"),
        ("public_url", "http://x/path"),
        ("port", 70000),
        ("stack", "Prod"),
        ("log_level", "x"),
    ],
)
def test_a_malformed_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})


def test_derived_keys_differ_by_purpose_and_are_alike_in_every_replica() -> None:
    assert settings().derived_key("a") == settings().derived_key("a") != settings().derived_key("b")
    assert len(settings().derived_key("a")) == 32


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert "Zx81kQ0pW7vB5nM2" not in repr(settings(mongodb_uri=GENERATED))
