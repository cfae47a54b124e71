"""The tag of an image is what goes into it."""

from pathlib import Path

import pytest

from local import images
from local.images import Image, ImageError


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Image:
    monkeypatch.setattr(images, "REPOSITORY", tmp_path)
    (tmp_path / "app").mkdir()
    for name in ("Dockerfile", "app.lock", "app/one.py", "other.py"):
        (tmp_path / name).write_text(name)
    return Image(name="orders", dockerfile="Dockerfile", lock="app.lock", inputs=("app",))


def test_the_same_content_has_the_same_tag(image: Image) -> None:
    assert image.tag("base") == image.tag("base")


@pytest.mark.parametrize("changed", ["Dockerfile", "app.lock", "app/one.py", "app/new.py"])
def test_any_change_of_what_goes_in_is_another_tag(image: Image, tmp_path: Path, changed: str) -> None:
    before = image.tag("base")
    (tmp_path / changed).write_text("changed")
    assert image.tag("base") != before


def test_the_shared_base_follows_the_dockerfile_and_the_lock_alone(image: Image, tmp_path: Path) -> None:
    before = image.base("base")
    (tmp_path / "app" / "one.py").write_text("changed")
    assert image.base("base") == before
    (tmp_path / "app.lock").write_text("changed")
    assert image.base("base") != before


def test_what_is_known_is_not_built(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(images, "_buildah", lambda *arguments: ran.append(arguments))
    known = {image.base("base")}
    reference = images.build(image, "base", known)
    assert len(ran) == 1
    assert f"--tag={reference}" in ran[0]
    assert images.build(image, "base", known) == reference
    assert len(ran) == 1


def test_a_change_elsewhere_is_the_same_tag(image: Image, tmp_path: Path) -> None:
    before = image.tag("base")
    (tmp_path / "other.py").write_text("changed")
    (tmp_path / "app" / "__pycache__").mkdir()
    (tmp_path / "app" / "__pycache__" / "one.pyc").write_text("x")
    assert image.tag("base") == before


def test_another_base_is_another_tag(image: Image) -> None:
    assert image.tag("base") != image.tag("newer base")


def test_an_unknown_way_to_the_cluster_is_one_sentence() -> None:
    with pytest.raises(ImageError, match=r"^IMAGES_TO is 'pigeon'; one of node, kind:NAME, .* is required\.$"):
        images.deliver({"orders": "x"}, "pigeon")


def test_a_service_takes_its_own_code_and_not_another_one_s() -> None:
    inputs = images.service_image("orders").inputs
    assert "app/orders" in inputs
    assert not {"app/auth", "app/products", "app/frontend", "app"} & set(inputs)


def test_the_images_are_those_of_the_settings() -> None:
    named = [image.name for image in images.images_of_the_stack()]
    assert named == ["frontend", "auth", "products", "orders", "database"]


def test_a_service_without_a_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("config:\n  a-tu-mano:services:\n    reviews: {}\n")
    monkeypatch.setenv("A_TU_MANO_SETTINGS", str(settings))
    with pytest.raises(ImageError, match=r"names the service 'reviews', but there is no folder app/reviews"):
        images.images_of_the_stack()
