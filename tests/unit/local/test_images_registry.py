"""Images into Artifact Registry: with this machine's Google credentials, and once, since a tag there never moves."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.auth.exceptions import GoogleAuthError

from local import images

REGISTRY = "us-central1-docker.pkg.dev/p/atm-dev-images"
REFERENCE = "localhost/a-tu-mano/orders:0123456789abcdef"
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What buildah is asked to push; with the options' files as they were then."""
    made: list[tuple[str, ...]] = []

    def buildah(*arguments: str) -> str:
        options = {o.partition("=")[0]: Path(o.partition("=")[2]) for o in arguments if o.startswith("--") and "=" in o}
        options["--digestfile"].write_text(DIGEST, encoding="utf-8")
        auth = options.get("--authfile")
        made.append((arguments[-1], auth.read_text(encoding="utf-8") if auth else "", " ".join(arguments)))
        assert auth is None or auth.stat().st_mode & 0o077 == 0
        return ""

    monkeypatch.setattr(images, "_buildah", buildah)
    monkeypatch.setattr("infra.gke_credential.credential", lambda _: {"status": {"token": "an-access-token"}})
    return made


def answering(monkeypatch: pytest.MonkeyPatch, status: int, **headers: str) -> list[Any]:
    asked: list[Any] = []

    def head(url: str, **options: Any) -> httpx.Response:
        asked.append((url, options["headers"]["Authorization"]))
        return httpx.Response(status, headers=headers)

    monkeypatch.setattr(httpx, "head", head)
    return asked


def test_an_image_that_is_not_there_is_pushed(pushes: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, 404)
    assert images.deliver({"orders": REFERENCE}, f"registry:{REGISTRY}") == {"orders": f"{REGISTRY}/orders@{DIGEST}"}
    assert asked == [
        (
            "https://us-central1-docker.pkg.dev/v2/p/atm-dev-images/orders/manifests/0123456789abcdef",
            "Bearer an-access-token",
        )
    ]
    [(target, auth, command)] = pushes
    assert target == f"docker://{REGISTRY}/orders:0123456789abcdef"
    entry = json.loads(auth)["auths"]["us-central1-docker.pkg.dev"]["auth"]
    assert base64.b64decode(entry).decode() == "oauth2accesstoken:an-access-token"
    assert "an-access-token" not in command


def test_an_image_that_is_there_is_taken(pushes: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    other = "sha256:" + "2" * 64
    answering(monkeypatch, 200, **{"Docker-Content-Digest": other})
    assert images.deliver({"orders": REFERENCE}, f"registry:{REGISTRY}") == {"orders": f"{REGISTRY}/orders@{other}"}
    assert pushes == []


def test_another_registry_is_entered_as_buildah_itself_can(
    pushes: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, 200)
    images.deliver({"orders": REFERENCE}, "registry:registry.example/shop")
    assert asked == []
    [(target, auth, _)] = pushes
    assert (target, auth) == ("docker://registry.example/shop/orders:0123456789abcdef", "")


def test_without_credentials_the_next_step_is_told(
    pushes: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> dict[str, object]:
        msg = "no credentials"
        raise GoogleAuthError(msg)  # type: ignore[no-untyped-call]

    monkeypatch.setattr("infra.gke_credential.credential", refuse)
    with pytest.raises(images.ImageError, match=r"no credentials Run `gcloud auth application-default login`"):
        images.deliver({"orders": REFERENCE}, f"registry:{REGISTRY}")
