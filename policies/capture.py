"""One stack's resources in the form that every judge reads, whichever of three sources they come from.

The form is documented in docs/capture.md. The sources are `policies.sources.program` (the program alone),
`policies.sources.preview` (what the engine plans) and `policies.sources.state` (what the engine keeps).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

FORMAT: Final = "a-tu-mano/capture"
VERSION: Final = 1
SECRET: Final = "[secret]"  # noqa: S105 - stands in for every secret
"""What a capture has in place of a secret value."""


class Unknown:
    """A value that is only known once something has been created; there is one, `UNKNOWN`."""

    def __repr__(self) -> str:
        """For messages of tests."""
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> "Unknown":
        """Itself: there is one."""
        return self


UNKNOWN: Final = Unknown()
_UNKNOWN_IN_JSON: Final = {"unknown": True}


class UnknownValueError(Exception):
    """A judge wanted a value that is not known yet; what it judges is then *not evaluated*."""

    def __init__(self, path: str) -> None:
        super().__init__(f"`{path}` is not known before it is created")
        self.path = path


class CaptureError(Exception):
    """A capture can't be had or read; the message is a sentence for the user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource, as the program asked the engine for it."""

    urn: str
    type: str
    """Type token, e.g. "gcp:container/cluster:Cluster"."""
    name: str
    """Logical name: the last part of the URN."""
    inputs: Mapping[str, Any]
    """Input properties by Pulumi's names. Values not known yet are `UNKNOWN`, secrets are `SECRET`."""
    custom: bool = True
    """False for a component."""
    parent: str | None = None
    """URN of the component it is a part of; None directly below the stack."""
    provider: str | None = None
    """URN of its provider."""
    dependencies: tuple[str, ...] = ()
    """URNs of all it waits for."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input property (top level) to the URNs its value comes from."""
    protect: bool = False
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    read: bool = False
    """True for what the program reads and does not make."""
    file: str | None = None
    """Path in the repository of the line that asked for it, e.g. "infra/components/cluster.py"."""
    line: int | None = None

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a path such as "nodeConfig.taints[0].key"; `default` where it is absent or null.

        Raises:
            UnknownValueError: It, or something above it, is not known yet.
        """
        found = self.raw(path)
        if _has_unknown(found):
            raise UnknownValueError(path)
        return default if found is None else found

    def raw(self, path: str) -> Any:
        """The same, with `UNKNOWN` for what is not known and None for what is absent."""
        value: Any = self.inputs
        for step in _steps(path):
            if value is UNKNOWN:
                return UNKNOWN
            if isinstance(step, int):
                value = value[step] if isinstance(value, Sequence) and step < len(value) else None
            else:
                value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def has(self, path: str) -> bool:
        """Whether anything is given at the path, known or not. What is not known may turn out to be nothing."""
        return self.raw(path) is not None

    def comes_from(self, path: str, *types: str) -> bool:
        """Whether the value's top-level property takes from a resource of one of these types; known before it is."""
        sources = self.property_dependencies.get(str(_steps(path)[0]), ())
        return any(type_of(urn) in types for urn in sources)

    def unknowns(self) -> list[str]:
        """Paths of all that is not known yet, sorted."""
        return sorted(path for path, value in leaves(self.inputs) if value is UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Capture:
    """All resources of one stack, in the order the program asked for them."""

    stack: str
    project: str
    source: str
    """"program", "preview" or "state"."""
    resources: tuple[Resource, ...]

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types."""
        return [resource for resource in self.resources if resource.type in types]

    def find(self, urn: str) -> Resource | None:
        """The resource with a URN."""
        return next((resource for resource in self.resources if resource.urn == urn), None)

    def components_of(self, resource: Resource) -> list[Resource]:
        """The components a resource is a part of, outermost first."""
        above: list[Resource] = []
        while resource.parent is not None and (parent := self.find(resource.parent)) is not None:
            above.insert(0, parent)
            resource = parent
        return above

    def dump(self) -> dict[str, Any]:
        """The documented form, ready for `json.dumps`."""
        resources = [
            _to_json({key: value for key, value in asdict(r).items() if value != _DEFAULTS.get(key, ...)})
            for r in self.resources
        ]
        return {
            "format": FORMAT,
            "version": VERSION,
            "stack": self.stack,
            "project": self.project,
            "source": self.source,
            "resources": resources,
        }

    def write(self, file: Path) -> None:
        """Write the documented form to a file."""
        file.write_text(json.dumps(self.dump(), indent=1) + "\n", encoding="utf-8")


_DEFAULTS: Final[Mapping[str, Any]] = {
    "custom": True,
    "parent": None,
    "provider": None,
    "dependencies": (),
    "property_dependencies": {},
    "protect": False,
    "retain_on_delete": False,
    "ignore_changes": (),
    "read": False,
    "file": None,
    "line": None,
}


def load(document: Mapping[str, Any], where: str = "capture") -> Capture:
    """The capture in a document of the documented form.

    Raises:
        CaptureError: It is of another form or version.
    """
    if document.get("format") != FORMAT or document.get("version") != VERSION:
        found = f"{document.get('format')!r} version {document.get('version')!r}"
        msg = f"{where} is {found}; {FORMAT!r} version {VERSION} is required. Make it anew with `make capture`."
        raise CaptureError(msg)
    return Capture(
        stack=document["stack"],
        project=document["project"],
        source=document["source"],
        resources=tuple(_resource(entry) for entry in document["resources"]),
    )


def _resource(entry: Mapping[str, Any]) -> Resource:
    values = _from_json(dict(entry))
    for key in ("dependencies", "ignore_changes"):
        if key in values:
            values[key] = tuple(values[key])
    values["property_dependencies"] = {k: tuple(v) for k, v in values.get("property_dependencies", {}).items()}
    return Resource(**values)


def type_of(urn: str) -> str:
    """Type token in a URN."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """Logical name in a URN."""
    return urn.split("::", 3)[3]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of everything inside that is neither a mapping nor a list; empty ones are leaves too."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_unknown, value))
    return value is UNKNOWN


def _steps(path: str) -> list[str | int]:
    return [int(index) if index else key for key, index in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", path)]


def _to_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(part) for part in value]
    return _UNKNOWN_IN_JSON if value is UNKNOWN else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return UNKNOWN if value == _UNKNOWN_IN_JSON else {key: _from_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_from_json(part) for part in value]
    return value


def sorted_by_urn(resources: Iterable[Resource]) -> list[Resource]:
    """Resources in an order that no run changes."""
    return sorted(resources, key=lambda resource: resource.urn)
