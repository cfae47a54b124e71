"""Compares what a program wants with what the engine remembers of a resource, as the real provider does.

What is set is compared with the remembered state, so drift that a refresh found shows. What is not set is compared only
where GCP does not fill it in by itself. A change inside something immutable replaces the resource.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.gcp.checks import DEFAULTS
from local.gcp.generic import OLD_FIRST, named_automatically
from local.gcp.kinds import UNKNOWN, Kind, Properties
from local.gcp.schema import Property, Schema, Type

ADD: Final = "ADD"
DELETE: Final = "DELETE"
UPDATE: Final = "UPDATE"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    path: str
    """As the engine writes it: `rules[0].priority`."""
    how: str
    """ADD, DELETE or UPDATE."""
    replaces: bool

    @property
    def top(self) -> str:
        """The property of the resource that it is in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs."""

    changes: list[Change]
    delete_before_replace: bool = False

    @property
    def replaces(self) -> list[str]:
        """Properties because of which it is replaced."""
        return sorted({change.top for change in self.changes if change.replaces})


@dataclass(frozen=True, slots=True)
class _Comparison:
    schema: Schema
    fixed: frozenset[str]
    filled: frozenset[str]

    def properties(self, news: Properties, state: Properties) -> Iterator[Change]:
        written_only = write_only(self.schema)
        fields = {key: one for key, one in self.schema.properties.items() if one.input and key not in written_only}
        yield from self._fields(news, state, fields, "", "")

    def _fields(
        self, news: Properties, olds: Properties, fields: Mapping[str, Property], path: str, pattern: str
    ) -> Iterator[Change]:
        for name, one in fields.items():
            at, of = f"{path}{name}", f"{pattern}{name}"
            new, old = news.get(name), olds.get(name)
            if new is None and not (old is None or one.filled or of in self.filled or _empty(old)):
                yield self._change(at, of, DELETE, old)
            elif new is not None:
                yield from self._value(new, old, one.type, at, of)

    def _value(self, new: Any, old: Any, type_: Type, path: str, pattern: str) -> Iterator[Change]:
        if new is UNKNOWN:
            yield self._change(path, pattern, UPDATE if old is not None else ADD, UNKNOWN)
        elif old is None:
            if not _empty(new):
                yield self._change(path, pattern, ADD, new)
        elif isinstance(new, Mapping) and isinstance(old, Mapping):
            fields = self.schema.fields(type_) if type_.kind == "object" else None
            if fields:
                yield from self._fields(new, old, fields, f"{path}.", f"{pattern}.")
            else:
                yield from self._items(new, old, type_, path, pattern)
        elif isinstance(new, list) and isinstance(old, list) and type_.of is not None:
            yield from self._list(new, old, type_.of, path, pattern)
        elif new != old:
            yield self._change(path, pattern, UPDATE, new)

    def _items(self, new: Properties, old: Properties, type_: Type, path: str, pattern: str) -> Iterator[Change]:
        for key in sorted({*new, *old}):
            at = f"{path}.{key}" if re.fullmatch(r"\w+", key) else f'{path}["{key}"]'
            if key not in new:
                yield self._change(at, f"{pattern}.*", DELETE, old[key])
            else:
                yield from self._value(new[key], old.get(key), type_.of or Type("any"), at, f"{pattern}.*")

    def _list(self, new: list[Any], old: list[Any], of: Type, path: str, pattern: str) -> Iterator[Change]:
        for position in range(max(len(new), len(old))):
            at, inside = f"{path}[{position}]", f"{pattern}.*"
            if position >= len(new):
                yield self._change(at, inside, DELETE, old[position])
            elif position >= len(old):
                yield self._change(at, inside, ADD, new[position])
            else:
                yield from self._value(new[position], old[position], of, at, inside)

    def _change(self, path: str, pattern: str, how: str, value: Any) -> Change:
        return Change(path, how, any(_within(one, self.fixed) for one in (pattern, *_leaves(value, pattern))))


def difference(
    schema: Schema,
    kind: Kind,
    news: Properties,
    *,
    state: Properties,
    olds: Properties,
    fixed: frozenset[str],
    expected: Properties,
    ignored: Iterable[str],
) -> Difference:
    """Compare inputs that were checked with the remembered state.

    Args:
        schema: What the SDK knows of the type.
        kind: What its table says.
        news: Inputs as the check returned them.
        state: What the engine remembers of the resource.
        olds: Inputs of last time.
        fixed: Paths whose change replaces it.
        expected: Outputs that follow from the provider's configuration: project, labels.
        ignored: Paths that the program told the engine to ignore.
    """
    by_direction = {path for change in kind.replaced_by for path in change(olds, news)}
    comparison = _Comparison(schema, fixed | by_direction, kind.computed)
    changes = list(comparison.properties(news, state))
    changes += _expected(expected, news, state)
    ignoring = [re.sub(r"\[\*\]|\.\*", "", one) for one in ignored]
    kept = [change for change in changes if not any(_covers(one, change.path) for one in ignoring)]
    first = kind.delete_before_replace or schema.token in OLD_FIRST or _named_by_program(schema, news)
    return Difference(kept, first and any(change.replaces for change in kept))


def _expected(expected: Properties, news: Properties, state: Properties) -> Iterator[Change]:
    project = expected.get("project")
    if project is not None and "project" not in news and state.get("project") not in (None, project):
        yield Change("project", UPDATE, replaces=True)
    wanted, managed = expected.get("pulumiLabels"), state.get("pulumiLabels") or {}
    if wanted is None:
        return
    effective = state.get("effectiveLabels") or {}
    if wanted is UNKNOWN:
        yield Change("pulumiLabels", UPDATE, replaces=False)
    elif any(effective.get(key) != value for key, value in wanted.items()) or set(managed) - set(wanted):
        yield Change("effectiveLabels", UPDATE, replaces=False)
        yield Change("pulumiLabels", UPDATE, replaces=False)


def write_only(schema: Schema) -> frozenset[str]:
    """Inputs that are sent to Google and remembered nowhere; a version beside them tells that they changed."""
    names = schema.properties
    return frozenset(name for name in names if name.endswith("Wo") and f"{name}Version" in names)


def _named_by_program(schema: Schema, news: Properties) -> bool:
    """Is there a name that the program gave? The provider then deletes the old one first, even if the name changes."""
    given = (one.name for one in named_automatically(schema))
    return any(name in news and name not in news.get(DEFAULTS, ()) for name in given)


def _empty(value: Any) -> bool:
    return value is None or value is False or value in ("", 0) or (isinstance(value, list | Mapping) and not value)


def _leaves(value: Any, pattern: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not _empty(item):
                yield from _leaves(item, f"{pattern}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{pattern}.*")
    else:
        yield pattern


def _within(pattern: str, fixed: frozenset[str]) -> bool:
    """Is this path, or something it is in, fixed?"""
    return any(pattern == one or pattern.startswith(f"{one}.") for one in fixed)


def _covers(ignored: str, path: str) -> bool:
    bare = re.sub(r"\[\d+\]", "", path)
    return any(one == ignored or re.match(rf"{re.escape(ignored)}[.\[]", one) for one in (path, bare))
