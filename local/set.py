"""`make set STACK=dev KEY=gcp.edge.domain VALUE=shop.example.com`: one value of a stack's file, its comments kept."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from infra import settings_file
from infra.errors import SettingsError
from infra.settings import load_settings
from infra.settings_problems import NAMESPACE, key
from local.paths import REPOSITORY

_PLAIN = re.compile(r"[A-Za-z][-A-Za-z0-9_.@/]*|[1-9][0-9]*|true|false|null")
"""Texts that mean the same in YAML with and without quotes, and the values that have no quotes."""


class SetError(Exception):
    """The value can't be set; the message is a sentence for the user."""


def replaced(text: str, path: Sequence[str], value: str) -> str:
    """The file's text with the value at `path`, e.g. ("gcp", "edge", "domain"), replaced; nothing else changes.

    Raises:
        SetError: There is no such key in the file, or it has more than one value.
    """
    node = yaml.compose(text)
    walked = ["config", f"{NAMESPACE}:{path[0]}", *path[1:]]
    for depth, part in enumerate(walked):
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = [inner for name, inner in entries if name.value == part]
        if not found:
            known = ", ".join(str(name.value).removeprefix(f"{NAMESPACE}:") for name, _ in entries) or "none"
            above = key(*path[: depth - 1]) if depth > 1 else "the file"
            msg = f"{key(*path)} is not in the file, {above} has the keys {known}. Write it by hand."
            raise SetError(msg)
        node = found[0]
    if not isinstance(node, yaml.ScalarNode):
        msg = f"{key(*path)} is a mapping or a list, one value is required. Name a key inside it."
        raise SetError(msg)
    written = value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return text[: node.start_mark.index] + written + text[node.end_mark.index :]


def set_value(stack: str, name: str, value: str) -> None:
    """Write the value, unless the setting does not take it.

    Raises:
        SetError: No such key, or a value that it does not take.
        SettingsError: There is no such file.
    """
    where = settings_file.name_of(stack)
    file = Path(REPOSITORY, where)
    settings_file.read(file, where)
    before = file.read_text(encoding="utf-8")
    path = name.removeprefix(f"{NAMESPACE}:").split(".")
    file.write_text(replaced(before, path, value), encoding="utf-8")
    try:
        load_settings(stack)
    except SettingsError as error:
        mine = [problem for problem in error.problems if problem.subject == key(*path)]
        if mine:
            file.write_text(before, encoding="utf-8")
            raise SetError("\n".join(map(str, mine))) from None


def main(arguments: Sequence[str]) -> int:
    """Set what the command line says; returns the exit code."""
    if len(arguments) != 3 or not all(arguments):  # noqa: PLR2004 - stack, key and value
        sys.stderr.write("Usage: make set STACK=dev KEY=gcp.edge.domain VALUE=shop.example.com\n")
        return 2
    stack, name, value = arguments
    try:
        set_value(stack, name, value)
    except (SetError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{key(*name.removeprefix(f'{NAMESPACE}:').split('.'))} of {stack} is now {value}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
