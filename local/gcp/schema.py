"""What the SDK knows of each type of resource: its properties, their types, which are required, immutable, filled in.

Read from the text of `pulumi_gcp` and kept as one small JSON file a type in the cache: importing the SDK takes seconds,
and a stack uses a few dozen of its 1500 types. What the real provider knows besides (patterns, enumerations, fields
that exclude each other) is not in the SDK; the tables in `services/` say it for the types this project uses.
"""

import importlib.util
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from local.paths import CACHE

_FORMAT: Final = 4
"""Of the cached files; another number reads the SDK anew."""

_PROPERTY: Final = re.compile(
    r'    @_builtins\.property\n    @pulumi\.getter(?:\(name="(?P<camel>\w+)"\))?\n'
    r"(?:    @_utilities\.deprecated\([^\n]*\n)?"
    r'    def (?P<name>\w+)\(self\) -> (?P<type>[^\n]*):\n(?:        """\n(?P<doc>.*?)        """\n)?',
    re.S,
)
_IMMUTABLE: Final = re.compile(
    r"forces? (?:a )?(?:new|recreat|re-creat|replace)"
    r"|(?:trigger|cause|force)s? (?:\w+ ){0,3}(?:recreat|re-creat|replace)"
    r"|destroy\w* and recreat|\bimmutable\b|can ?(?:not|'t) be (?:changed|updated|modified|edited) (?:after|once)"
    r"|(?:changed|updated|modified) after (?:creation|the \w+ (?:is|has been) created)",
    re.I,
)
_IMMUTABLE_NOT: Final = re.compile(r"forces? a new interface|without (?:\w+ )*(?:recreat|replac)", re.I)
_PROTECTED: Final = re.compile(r"defaults? (?:value )?(?:to|is|of)?:? ?`?true", re.I)
_WRAPPERS: Final = ("pulumi.Input", "pulumi.Output", "NotRequired")


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `str`, `int`, `float`, `bool`, `any` (also assets), `list` and `map` of something, `object` by name."""

    kind: str
    of: "Type | None" = None
    name: str = ""

    def __str__(self) -> str:
        """As a sentence names it."""
        words = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false"}
        return words.get(self.kind, {"list": "a list", "map": "a map", "object": "an object"}.get(self.kind, "a value"))


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a resource or of an object in it."""

    type: Type
    input: bool = True
    """A program may set it."""
    required: bool = False
    filled: bool = False
    """GCP fills it in when it is left out, so leaving it out is no change."""
    immutable: bool = False
    """The documentation says that changing it makes a new resource."""
    on: bool = False
    """The documentation says that it is true unless it is set."""


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """One type of resource."""

    token: str
    properties: Mapping[str, Property]
    objects: Mapping[str, Mapping[str, Property]] = field(default_factory=dict)
    """Properties of the objects in it, by the object's name."""
    id: str = ""
    """Template of its id, from what the documentation says of importing; empty if it says nothing."""
    secrets: frozenset[str] = frozenset()
    """Properties that the engine keeps encrypted, but for the labels, of which the SDK says so, too."""

    def fields(self, type_: Type) -> Mapping[str, Property]:
        """Properties of an object's type."""
        return self.objects.get(type_.name, {})


def version() -> str:
    """The version of the installed SDK.

    Raises:
        FileNotFoundError: It is not installed.
    """
    text = (_sdk() / "pulumi-plugin.json").read_text(encoding="utf-8")
    return str(json.loads(text)["version"])


def load(token: str) -> Schema | None:
    """What the SDK knows of a type, `gcp:kms/keyRing:KeyRing`; None if it does not know the type."""
    return _load(token)


@cache
def _load(token: str) -> Schema | None:
    if not re.fullmatch(r"gcp:\w+/\w+:\w+", token):
        return None
    folder = CACHE / "gcp-schema" / f"{version()}-{_FORMAT}"
    cached = folder / f"{token.replace(':', '.').replace('/', '.')}.json"
    try:
        return _decode(json.loads(cached.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        read = _read(token)
    if read is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    writing = cached.with_suffix(f".{os.getpid()}")
    writing.write_text(json.dumps(_encode(read)), encoding="utf-8")
    writing.rename(cached)
    return read


def provider_properties() -> frozenset[str]:
    """Names of what the provider itself may be configured with."""
    return _provider_properties()


@cache
def _provider_properties() -> frozenset[str]:
    text = (_sdk() / "provider.py").read_text(encoding="utf-8")
    return frozenset(found["camel"] or found["name"] for found in _PROPERTY.finditer(_class(text, "ProviderArgs")))


@cache
def _sdk() -> Path:
    # Only where it is: importing it takes seconds.
    found = importlib.util.find_spec("pulumi_gcp")
    if found is None or found.origin is None:
        message = "The Python package pulumi_gcp is not installed; it is required to know its types. Run `make setup`."
        raise FileNotFoundError(message)
    return Path(found.origin).parent


def _read(token: str) -> Schema | None:
    _, module, name = token.split(":")
    folder = _sdk() / module.split("/")[0]
    text = _source(folder, token, module.split("/")[1])
    if text is None:
        return None
    texts = {kind: _text(folder / f"{kind}.py") for kind in ("_inputs", "outputs")}
    inputs, outputs = _properties(text, f"{name}Args"), _properties(text, name)
    objects: dict[str, dict[str, Property]] = {}
    properties = _merge(inputs, outputs)
    waiting = [_object(found.type) for found in properties.values()]
    while waiting:
        type_ = waiting.pop()
        if type_ is None or type_ in objects:
            continue
        objects[type_] = _merge(_properties(texts["_inputs"], f"{type_}Args"), _properties(texts["outputs"], type_))
        waiting += [_object(found.type) for found in objects[type_].values()]
    imported = re.search(r"^ *(?:\* |\$ pulumi import \S+ \S+ )`?([^`\s]*\{\{[^`\n]*)", text, re.M)
    template = re.sub(r"\{\{%?(\w+)\}\}", lambda one: f"{{{_camel(one[1])}}}", imported[1].strip()) if imported else ""
    hidden = re.search(r"additional_secret_outputs=\[([^\]]*)\]", text)
    secrets = {*re.findall(r'"(\w+)"', hidden[1])} - {"effectiveLabels", "pulumiLabels"} if hidden else set()
    return Schema(token, properties, objects, template, frozenset(secrets))


def _source(folder: Path, token: str, module: str) -> str | None:
    """The text of the module that defines a type."""
    if not folder.is_dir():
        return None
    marker = f'@pulumi.type_token("{token}")'
    likely = folder / f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', module).lower()}.py"
    others = (path for path in sorted(folder.glob("*.py")) if path != likely and not path.name.startswith("get_"))
    for path in (likely, *others):
        if marker in _text(path):
            return _text(path)
    return None


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def _classes(text: str) -> dict[str, tuple[int, int]]:
    """Where in a module's text each of its classes is."""
    starts = [(found[1], found.start()) for found in re.finditer(r"^class (\w+)", text, re.M)]
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {name: (start, end) for (name, start), end in zip(starts, ends, strict=True)}


def _class(text: str, name: str) -> str:
    start, end = _classes(text).get(name, (0, 0))
    return text[start:end]


def _properties(text: str, name: str) -> dict[str, tuple[Type, bool, str]]:
    """Of one class: name to type, whether it is optional, and documentation."""
    found: dict[str, tuple[Type, bool, str]] = {}
    for one in _PROPERTY.finditer(_class(text, name)):
        type_, optional = _parse(one["type"])
        found[one["camel"] or one["name"]] = (type_, optional, one["doc"] or "")
    return found


def _merge(
    inputs: Mapping[str, tuple[Type, bool, str]], outputs: Mapping[str, tuple[Type, bool, str]]
) -> dict[str, Property]:
    merged: dict[str, Property] = {}
    for name, (type_, optional, text) in inputs.items():
        merged[name] = Property(
            type=type_,
            required=not optional,
            # A property that a program may leave out, and that is always there afterwards.
            filled=optional and name in outputs and not outputs[name][1],
            immutable=bool(_IMMUTABLE.search(text)) and not _IMMUTABLE_NOT.search(text),
            on=type_.kind == "bool" and bool(_PROTECTED.search(" ".join(text.split()))),
        )
    for name, (type_, optional, _) in outputs.items():
        if name not in inputs:
            merged[name] = Property(type=type_, input=False, filled=not optional)
    return merged


def _object(type_: Type) -> str | None:
    while type_.of is not None:
        type_ = type_.of
    return type_.name if type_.kind == "object" else None


def _parse(text: str) -> tuple[Type, bool]:
    """A type as the SDK writes it, and whether it is optional."""
    for wrapper in _WRAPPERS:
        if text.startswith(f"{wrapper}["):
            return _parse(text[len(wrapper) + 1 : -1])
    if text.startswith("Optional["):
        return _parse(text[len("Optional[") : -1])[0], True
    if text.startswith("Sequence["):
        return Type("list", _parse(text[len("Sequence[") : -1])[0]), False
    if text.startswith("Mapping["):
        return Type("map", _parse(text[len("Mapping[") : -1].partition(", ")[2])[0]), False
    if text.startswith("'"):
        name = text.strip("'").removeprefix("outputs.").removeprefix("_root_outputs.").removeprefix("_root_inputs.")
        return Type("object", name=name.removesuffix("Args")), False
    simple = text.removeprefix("_builtins.")
    return Type(simple if simple in ("str", "int", "float", "bool") else "any"), False


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


_FLAGS: Final = ("input", "required", "filled", "immutable", "on")


def _encode(schema: Schema) -> dict[str, Any]:
    return {
        "token": schema.token,
        "id": schema.id,
        "secrets": sorted(schema.secrets),
        "properties": {name: _encode_property(one) for name, one in schema.properties.items()},
        "objects": {
            name: {key: _encode_property(one) for key, one in properties.items()}
            for name, properties in schema.objects.items()
        },
    }


def _encode_property(one: Property) -> list[str]:
    type_: Type | None = one.type
    words = []
    while type_ is not None:
        words.append(type_.kind if not type_.name else f"{type_.kind}:{type_.name}")
        type_ = type_.of
    return [" ".join(words), *(flag for flag in _FLAGS if getattr(one, flag))]


def _decode(cached: Mapping[str, Any]) -> Schema:
    return Schema(
        token=cached["token"],
        properties={name: _decode_property(one) for name, one in cached["properties"].items()},
        objects={
            name: {key: _decode_property(one) for key, one in properties.items()}
            for name, properties in cached["objects"].items()
        },
        id=cached["id"],
        secrets=frozenset(cached["secrets"]),
    )


def _decode_property(encoded: list[str]) -> Property:
    type_: Type | None = None
    for word in reversed(encoded[0].split()):
        kind, _, name = word.partition(":")
        type_ = Type(kind, type_, name)
    if type_ is None:
        message = "A cached property has no type."
        raise ValueError(message)
    return Property(type_, **{flag: flag in encoded[1:] for flag in _FLAGS})
