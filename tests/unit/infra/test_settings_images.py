"""Image references: every service has one, by digest unless the settings allow tags."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings_images import Image, images_of
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import local_values

WHERE = "stacks/Pulumi.local.yaml"
NAMES = ("auth", "database", "frontend", "orders", "products")
DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def settings(**images: object) -> StackSettings:
    return StackSettings.model_validate(local_values() | {"images": images})


def judged(references: object, path: Path, **images: object) -> list[str]:
    path.write_text(json.dumps(references))
    _, problems = images_of(settings(**({"source": "file", "tags": True} | images)), WHERE, str(path))
    return [str(problem) for problem in problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "images.json"


def test_a_file_gives_each_service_and_the_database_its_image(path: Path) -> None:
    path.write_text(json.dumps({name: f"localhost/a-tu-mano/{name}:1" for name in NAMES}))
    images, problems = images_of(settings(source="file", tags=True), WHERE, str(path))
    assert not problems
    assert images == {name: Image(f"localhost/a-tu-mano/{name}:1") for name in NAMES}


def test_settings_give_images_by_digest(path: Path) -> None:
    references = {name: f"registry.example:5000/shop/{name}@{DIGEST}" for name in NAMES}
    images, problems = images_of(settings(references=references), WHERE, str(path))
    assert not problems
    assert images["orders"].reference == f"registry.example:5000/shop/orders@{DIGEST}"


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("localhost/a-tu-mano/orders:3f2a", "3f2a"),
        (f"registry.example:5000/orders@{DIGEST}", "0123456789ab"),
        ("registry.example:5000/orders:v1", "v1"),
    ],
)
def test_the_version_is_the_tag_or_the_head_of_the_digest(reference: str, version: str) -> None:
    assert Image(reference).version == version


def test_a_missing_image_names_the_command_that_builds_it(path: Path) -> None:
    references: dict[str, Any] = {name: f"x/{name}:1" for name in NAMES if name != "orders"}
    assert judged(references, path) == [
        f"{path}: image.orders is missing, an image reference is required. Run `make images`."
    ]


def test_a_tag_is_refused_unless_allowed(path: Path) -> None:
    references = {name: f"x/{name}@{DIGEST}" for name in NAMES} | {"orders": "x/orders:1"}
    assert judged(references, path, tags=False) == [
        f'{path}: image.orders is "x/orders:1", a reference by digest is required. '
        "Name it by digest, or allow tags with a-tu-mano:images.tags: true."
    ]


@pytest.mark.parametrize("reference", [1, "", "orders", "x/orders@sha256:12", "x/orders:1 ", "X/orders:1"])
def test_what_is_no_reference_is_refused(path: Path, reference: object) -> None:
    references = {name: f"x/{name}:1" for name in NAMES} | {"orders": reference}
    assert judged(references, path) == [
        f"{path}: image.orders is {json.dumps(reference)}, an image reference is required. Run `make images`."
    ]


def test_a_file_that_is_not_there_names_the_command(path: Path) -> None:
    _, problems = images_of(settings(source="file"), WHERE, str(path))
    assert [str(problem) for problem in problems] == [
        f"{path}: the file of image references is not there, what A_TU_MANO_IMAGES names is required. "
        "Run `make images`."
    ]


def test_an_unset_variable_names_the_command() -> None:
    _, problems = images_of(settings(source="file"), WHERE, None)
    assert [str(problem) for problem in problems] == [
        f'{WHERE}: a-tu-mano:images.source is "file", the path of a file in the environment variable A_TU_MANO_IMAGES '
        "is required. Run `make images`."
    ]


@pytest.mark.parametrize(("content", "found"), [("{", "is not JSON"), ("[]", "is []"), ('"x"', 'is "x"')])
def test_a_file_that_holds_no_references_is_one_mistake(path: Path, content: str, found: str) -> None:
    path.write_text(content)
    _, problems = images_of(settings(source="file"), WHERE, str(path))
    assert [str(problem) for problem in problems] == [
        f"{path}: the file of image references {found}, an object of references is required. Run `make images`."
    ]
