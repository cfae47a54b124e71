"""Reads a stack's file as the engine would, but with errors that name the line."""

import os
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from infra.errors import Problem, SettingsError

FILE_VARIABLE: Final = "A_TU_MANO_SETTINGS"
"""Environment variable with the path of a settings file to be read in place of the stack's own."""


def name_of(stack: str) -> str:
    """File of a stack, relative to the repository, or the one that A_TU_MANO_SETTINGS names."""
    return os.environ.get(FILE_VARIABLE) or f"stacks/Pulumi.{stack}.yaml"


def stacks(root: Path) -> list[str]:
    """Names of the stacks that have a file in a checkout, sorted."""
    return sorted(file.name.split(".")[1] for file in (root / "stacks").glob("Pulumi.*.yaml"))


class _Loader(yaml.SafeLoader):
    """YAML as the engine reads it: `on` and `1:30` are text, and a key written twice is an error."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML adds to it by class

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f'key "{key}" is written twice'
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"), _first)


def read(path: Path, where: str) -> dict[str, object]:
    """Keys under `config` of the file at `path`, with their namespace, e.g. "a-tu-mano:prefix".

    Raises:
        SettingsError: the file is not there or is not a stack's file; one error, since nothing after it can be judged.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except OSError:
        there = stacks(path.parent.parent)
        raise SettingsError(
            [
                Problem(
                    where,
                    "the file",
                    "is not there",
                    f"a stack out of {', '.join(there) or 'none'} is required",
                    "Name one of them, or write the file after stacks/README.md.",
                )
            ]
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(
            [
                Problem(
                    where,
                    f"line {line}",
                    f"cannot be read: {error.problem}",
                    "valid YAML is required",
                    "Correct the line.",
                )
            ]
        ) from None
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise SettingsError(
            [Problem(where, "config", "is missing", "a mapping of settings is required", "See stacks/README.md.")]
        )
    return {str(key): _as_engine(value) for key, value in config.items()}


def _as_engine(value: object) -> object:
    """The engine hands a top-level scalar to the program as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, (dict, list, str)) or value is None else str(value)
