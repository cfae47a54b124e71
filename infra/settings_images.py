"""Which image each service runs: from the file the image build writes, or from the settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from infra.errors import Problem
from infra.settings_checks import DATABASE
from infra.settings_problems import key, quoted
from infra.settings_types import ImageReference

if TYPE_CHECKING:
    from infra.settings_models import ImageSettings, StackSettings

IMAGES_VARIABLE: Final = "A_TU_MANO_IMAGES"
NONE: Final = "none"
"""Value of that variable for a stack that has no images yet: all of it but what runs in the cluster is brought up."""
_BUILD: Final = "Run `make images`."
_REFERENCE: Final = TypeAdapter(ImageReference)


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference the cluster can pull or already has."""

    reference: str
    """E.g. "localhost/a-tu-mano/orders:3f2a" or "…/orders@sha256:…"."""

    @property
    def version(self) -> str:
        """What tells two contents of the image apart: the tag, or the first twelve digits of the digest."""
        name, _, digest = self.reference.partition("@sha256:")
        return digest[:12] if digest else name.rpartition(":")[2]


def images_of(settings: "StackSettings", where: str, file: str | None) -> tuple[Mapping[str, Image], list[Problem]]:
    """Image of every service and of the database by name, and what is wrong with them.

    `file` is the value of A_TU_MANO_IMAGES; it counts only when the settings say images come from a file.
    """
    wanted = (DATABASE, *settings.services)
    if settings.images.source == "settings":
        return _judge(wanted, settings.images.references, settings.images, where, key("images.references"))
    if not file:
        return {}, [
            Problem(
                where,
                key("images.source"),
                'is "file"',
                f"the path of a file in the environment variable {IMAGES_VARIABLE} is required",
                _BUILD,
            )
        ]
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError:
        return {}, [
            Problem(
                file,
                "the file of image references",
                "is not there",
                f"what {IMAGES_VARIABLE} names is required",
                _BUILD,
            )
        ]
    except ValueError:
        return {}, [
            Problem(file, "the file of image references", "is not JSON", "an object of references is required", _BUILD)
        ]
    if not isinstance(content, dict):
        return {}, [
            Problem(
                file,
                "the file of image references",
                f"is {quoted(content)}",
                "an object of references is required",
                _BUILD,
            )
        ]
    return _judge(wanted, content, settings.images, file, "image")


def _judge(
    wanted: tuple[str, ...], references: Mapping[str, object], rules: "ImageSettings", where: str, subject: str
) -> tuple[Mapping[str, Image], list[Problem]]:
    images: dict[str, Image] = {}
    problems: list[Problem] = []
    fix = _BUILD if rules.source == "file" else "Name the image that was released."
    for name in wanted:
        reference = references.get(name)
        at = f"{subject}.{name}"
        if reference is None:
            problems.append(Problem(where, at, "is missing", "an image reference is required", fix))
        elif not _is_reference(reference):
            problems.append(Problem(where, at, f"is {quoted(reference)}", "an image reference is required", fix))
        elif "@sha256:" not in str(reference) and not rules.tags:
            problems.append(
                Problem(
                    where,
                    at,
                    f"is {quoted(reference)}",
                    "a reference by digest is required",
                    f"Name it by digest, or allow tags with {key('images.tags')}: true.",
                )
            )
        else:
            images[name] = Image(str(reference))
    return images, problems


def _is_reference(value: object) -> bool:
    try:
        _REFERENCE.validate_python(value)
    except ValidationError:
        return False
    return True
