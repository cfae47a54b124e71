"""What rules ask of a property, each answered with a sentence that names it.

All read with `Resource.get`: what is not known yet raises `UnknownValueError`, and the rule is *not evaluated*.
"""

import json
import re
from collections.abc import Container, Iterator
from typing import Any

from policies.capture import Resource
from policies.model import Violation


def shown(value: Any) -> str:
    """A value as messages show it: as JSON, cut to what fits a line; absent where there is none."""
    if value is None:
        return "absent"
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - what fits a line


def must_be(resource: Resource, path: str, value: Any) -> Iterator[Violation]:
    """The property is exactly this; absent is not."""
    found = resource.get(path)
    if found != value:
        yield Violation(f"`{path}` is {shown(found)}; it has to be {shown(value)}.", path)


def must_be_one_of(resource: Resource, path: str, *values: Any) -> Iterator[Violation]:
    """The property is one of these; absent is not."""
    found = resource.get(path)
    if found not in values:
        yield Violation(f"`{path}` is {shown(found)}; it has to be one of {', '.join(map(shown, values))}.", path)


def must_not_be(resource: Resource, path: str, values: Container[Any], why: str) -> Iterator[Violation]:
    """The property is none of these; absent is fine. `why` completes "... is X: "."""
    found = resource.get(path)
    if found is not None and found in values:
        yield Violation(f"`{path}` is {shown(found)}: {why}.", path)


def must_be_set(resource: Resource, path: str, what: str) -> Iterator[Violation]:
    """The property is there and neither empty nor false. `what` completes "it has to name"."""
    found = resource.get(path)
    if not found:
        yield Violation(f"`{path}` is {shown(found)}; it has to name {what}.", path)


def must_be_absent(resource: Resource, path: str, why: str) -> Iterator[Violation]:
    """The property is not there, or empty. `why` completes "... is X: "."""
    found = resource.get(path)
    if found:
        yield Violation(f"`{path}` is {shown(found)}: {why}.", path)


def must_be_at_least(resource: Resource, path: str, least: float) -> Iterator[Violation]:
    """The property is a number (or the text of one) no smaller than this; absent is not."""
    found = resource.get(path)
    if found is None or float(found) < least:
        yield Violation(f"`{path}` is {shown(found)}; it has to be at least {least:g}.", path)


def must_match(resource: Resource, path: str, pattern: str, what: str) -> Iterator[Violation]:
    """The property is text that matches a regular expression from end to end. `what` completes "it has to be"."""
    found = resource.get(path)
    if not isinstance(found, str) or re.fullmatch(pattern, found) is None:
        yield Violation(f"`{path}` is {shown(found)}; it has to be {what}.", path)


def must_come_from(resource: Resource, path: str, *types: str) -> Iterator[Violation]:
    """The property is there and is taken from a resource of one of these types.

    Where a value comes from is known before the value is (property dependencies of its top-level property), so this
    is judged although the value is not known yet. A value that comes from elsewhere and is not known is not judged.
    """
    if resource.has(path) and resource.comes_from(path, *types):
        return
    found = resource.get(path)
    kinds = " or ".join(type_.rpartition(":")[2] for type_ in types)
    yield Violation(f"`{path}` is {shown(found)}; it has to be that of a {kinds} of this stack.", path)


def each(resource: Resource, path: str) -> Iterator[str]:
    """Paths of the members of a list: "rules[0]", "rules[1]"; none where it is absent.

    Raises:
        UnknownValueError: How many there are is not known yet.
    """
    found = resource.raw(path)
    members = found if isinstance(found, list | tuple) else resource.get(path, [])
    return (f"{path}[{index}]" for index in range(len(members)))
