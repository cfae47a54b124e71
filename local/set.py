"""`make set STACK=dev KEY=gcp.edge.domain VALUE=shop.example.com`: one value of a stack's file, its comments kept."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from infra import settings_file
from infra.errors import Problem, SettingsError
from infra.settings import load_settings
from infra.settings_problems import NAMESPACE, key
from local.paths import REPOSITORY

_PLAIN = re.compile(r"[A-Za-z][-A-Za-z0-9_.@/]*|[1-9][0-9]*|true|false|null")
"""Texts that mean the same in YAML with and without quotes, and the values that have no quotes."""


class SetError(Exception):
    """The value can't be set; the message is a sentence for the user."""


def replaced(text: str, path: Sequence[str], written: str) -> str:
    """The file's text with `written` as the value at `path`, e.g. ("gcp", "edge", "domain"); nothing else changes.

    A key that is not there is put at the beginning of the mapping that it belongs to.

    Raises:
        SetError: The key has more than one value, or what it would belong to has one only.
    """
    node: yaml.Node | None = yaml.compose(text)
    walked = ["config", f"{NAMESPACE}:{path[0]}", *path[1:]]
    for depth, part in enumerate(walked):
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = [inner for name, inner in entries if name.value == part]
        if not found:
            if not entries:
                above = key(*path[: depth - 1])
                msg = f"{key(*path)} can't be put into the file: {above} is one value. Write it by hand."
                raise SetError(msg)
            return _inserted(text, entries, _nested(walked[depth:], written), flow=getattr(node, "flow_style", False))
        node = found[0]
    if not isinstance(node, yaml.ScalarNode):
        msg = f"{key(*path)} is a mapping or a list, one value is required. Name a key inside it."
        raise SetError(msg)
    return text[: node.start_mark.index] + written + text[node.end_mark.index :]


def _nested(path: Sequence[str], written: str) -> str:
    """E.g. (["keys", "ring"], '"2"') -> 'keys: {ring: "2"}'."""
    first, *rest = path
    return f"{first}: {{{_nested(rest, written)}}}" if rest else f"{first}: {written}"


def _inserted(text: str, entries: Sequence[tuple[yaml.Node, yaml.Node]], entry: str, *, flow: bool) -> str:
    first = entries[0][0].start_mark
    separator = ", " if flow else "\n" + " " * first.column
    return text[: first.index] + entry + separator + text[first.index :]


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
    quoted = json.dumps(value, ensure_ascii=False)
    wrong = _problems(stack)
    refused: set[Problem] = set()
    # As it is and, where the setting wants a text that looks like a number, in quotes.
    for written in dict.fromkeys([value if _PLAIN.fullmatch(value) else quoted, quoted]):
        file.write_text(replaced(before, path, written), encoding="utf-8")
        refused = _problems(stack) - wrong
        if not refused:
            return
    file.write_text(before, encoding="utf-8")
    raise SetError("\n".join(map(str, refused)))


def _problems(stack: str) -> set[Problem]:
    try:
        load_settings(stack)
    except SettingsError as error:
        return set(error.problems)
    return set()


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
