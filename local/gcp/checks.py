"""What the provider itself checks before it asks Google: names, types and values of inputs; in a preview too.

Stricter than the real provider in one thing: it turns `"3"` into 3 and back where the type asks for it, here that is
refused, as the SDK's types are what a program is written against.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.gcp.generic import Automatic, named_automatically
from local.gcp.kinds import UNKNOWN, Kind, Properties, look, walk
from local.gcp.schema import Property, Schema, Type

DEFAULTS: Final = "__defaults"
"""The input in which the provider remembers which inputs are its own doing; the real one does the same."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One mistake in the inputs."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Inputs as they are from now on, and what is wrong with them."""

    inputs: dict[str, Any]
    failures: list[Failure] = field(default_factory=list)


def check(
    schema: Schema, kind: Kind, news: Properties, *, olds: Properties, name: str, seed: bytes, config: Properties
) -> Checked:
    """Check the inputs of a resource, name it if the program did not, and add what the provider assumes.

    Args:
        schema: What the SDK knows of its type.
        kind: What its table says.
        news: Inputs of the program.
        olds: Inputs of last time; an automatic name is taken from them.
        name: Logical name of the resource: the beginning of an automatic name.
        seed: Random bytes of the engine: the end of an automatic name.
        config: The provider's own configuration.
    """
    inputs = {key: value for key, value in news.items() if key != DEFAULTS}
    failures = list(_structure(schema, inputs, schema.properties, ""))
    assumed = dict(_assumed(schema, kind, inputs, config))
    for automatic in named_automatically(schema):
        if automatic.name not in inputs:
            before = olds.get(automatic.name) if automatic.name in olds.get(DEFAULTS, ()) else None
            assumed[automatic.name] = before or _named(automatic, name, seed)
    inputs = _with_nested_defaults(kind, inputs | assumed)
    if not failures:
        failures += rules(kind, inputs)
    return Checked({**inputs, DEFAULTS: sorted(assumed)}, failures)


def _named(automatic: Automatic, name: str, seed: bytes) -> str:
    """`<name>-<7 hexadecimal digits>`, as the real provider names."""
    if not automatic.digits:
        return name
    end = hashlib.sha256(seed or name.encode()).hexdigest()[: automatic.digits]
    return f"{name.lower()[: automatic.longest - automatic.digits - 1]}-{end}"


def _assumed(schema: Schema, kind: Kind, inputs: Properties, config: Properties) -> Iterable[tuple[str, Any]]:
    for path, value in kind.defaults.items():
        if "." not in path and path not in inputs:
            yield path, value
    policy = config.get("deletionPolicy")
    if policy and "deletionPolicy" in schema.properties and "deletionPolicy" not in inputs:
        yield "deletionPolicy", policy


def _with_nested_defaults(kind: Kind, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs with what the provider assumes inside objects that are set."""
    for path, value in kind.defaults.items():
        parent, _, last = path.rpartition(".")
        holder = look(inputs, parent) if parent else None
        if isinstance(holder, Mapping) and holder.get(last) is None:
            inputs = _put(inputs, path.split("."), value)
    return inputs


def _put(properties: Properties, steps: list[str], value: Any) -> dict[str, Any]:
    head, *rest = steps
    return {**properties, head: _put(properties[head], rest, value) if rest else value}


def _structure(schema: Schema, value: Properties, fields: Mapping[str, Property], prefix: str) -> Iterable[Failure]:
    for name, one in fields.items():
        if one.required and value.get(name) is None:
            yield Failure(f"{prefix}{name}", f"Missing required argument. The argument {name!r} is required.")
    for name, item in value.items():
        found = fields.get(name)
        if found is None or not found.input:
            reason = f"An argument named {name!r} is not expected here."
            if found is not None:
                reason = f"{name!r} is decided by the provider; it cannot be set."
            yield Failure(f"{prefix}{name}", reason)
        elif item is not None:
            yield from _typed(schema, item, found.type, f"{prefix}{name}")


def _typed(schema: Schema, value: Any, type_: Type, path: str) -> Iterable[Failure]:
    if value is UNKNOWN or type_.kind == "any":
        return
    if not _fits(value, type_.kind):
        yield Failure(path, f"Inappropriate value: {type_} is required, {_shown(value)} was given.")
    elif isinstance(value, list) and type_.of is not None:
        for position, item in enumerate(value):
            if item is None:
                yield Failure(f"{path}[{position}]", "A list cannot hold an empty value.")
            else:
                yield from _typed(schema, item, type_.of, f"{path}[{position}]")
    elif isinstance(value, Mapping) and type_.of is not None:
        for key, item in value.items():
            yield from _typed(schema, item, type_.of, f"{path}.{key}")
    elif isinstance(value, Mapping):
        yield from _structure(schema, value, schema.fields(type_), f"{path}.")


def _fits(value: Any, kind: str) -> bool:
    if kind in ("int", "float"):
        return not isinstance(value, bool) and isinstance(value, int if kind == "int" else int | float)
    return isinstance(value, {"str": str, "bool": bool, "list": list}.get(kind, Mapping))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value!r}"
    return {bool: "true or false", int: "a number", float: "a number", list: "a list"}.get(type(value), "an object")


def rules(kind: Kind, inputs: Properties) -> Iterable[Failure]:
    """What a kind's table says of inputs alone."""
    for path in kind.required:
        yield from _required(inputs, path)
    for group, least, most in (
        *((group, 1, 1) for group in kind.one_of),
        *((group, 1, len(group)) for group in kind.at_least_one_of),
        *((group, 0, 1) for group in kind.conflicts),
    ):
        yield from _group(inputs, group, least, most)
    for path, allowed in kind.values.items():
        for where, value in walk(inputs, path):
            if value is not UNKNOWN and (reason := _refused(value, allowed)):
                yield Failure(where, reason)
    for validation in kind.validations:
        yield from (Failure("", sentence) for sentence in validation(inputs))


def _required(inputs: Properties, path: str) -> Iterable[Failure]:
    parent, _, last = path.rpartition(".")
    for where, value in walk(inputs, parent) if parent else [("", inputs)]:
        if isinstance(value, Mapping) and value.get(last) is None:
            at = f"{where}.{last}" if where else last
            yield Failure(at, f"Missing required argument. The argument {last!r} is required.")


def _group(inputs: Properties, group: tuple[str, ...], least: int, most: int) -> Iterable[Failure]:
    named = ",".join(group)
    for prefix, holder, names in _holders(inputs, group):
        given = [name for name in names if look(holder, name) is not None]
        if len(given) < least:
            word = "one of" if most == 1 else "at least one of"
            yield Failure(prefix or group[0], f"Invalid combination of arguments: {word} `{named}` must be specified.")
        elif len(given) > most:
            listed = ",".join(given)
            reason = f"only one of `{named}` can be specified, but `{listed}` were specified."
            yield Failure(prefix or given[0], f"Invalid combination of arguments: {reason}")


def _holders(inputs: Properties, group: tuple[str, ...]) -> Iterable[tuple[str, Properties, list[str]]]:
    """What holds a group: the inputs, or each object that a path with `*` common to all of the group leads to."""
    common = group[0].rpartition(".*.")[0]
    if not common or not all(path.startswith(f"{common}.*.") for path in group):
        parent = _parent(group)
        held = look(inputs, parent) if parent else inputs
        if isinstance(held, Mapping):
            cut = len(parent) + 1 if parent else 0
            yield parent, held, [path[cut:] for path in group]
        return
    for where, value in walk(inputs, f"{common}.*"):
        if isinstance(value, Mapping):
            yield where, value, [path[len(common) + 3 :] for path in group]


def _parent(group: tuple[str, ...]) -> str:
    """The path of the object in which all of a group are; a group of an object that is not set asks for nothing."""
    parents = {path.rpartition(".")[0] for path in group}
    return parents.pop() if len(parents) == 1 else ""


def _refused(value: Any, allowed: "re.Pattern[str] | range | frozenset[str]") -> str:
    if isinstance(allowed, re.Pattern):
        fits = isinstance(value, str) and allowed.fullmatch(value) is not None
        return "" if fits else f"{value!r} does not match the pattern {allowed.pattern!r}."
    if isinstance(allowed, range):
        fits = isinstance(value, int | float) and value in allowed
        return "" if fits else f"expected a whole number in the range ({allowed[0]} - {allowed[-1]}), got {value}."
    return "" if value in allowed else f"expected one of {sorted(allowed)}, got {value!r}."
