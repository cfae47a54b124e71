"""What Terraform calls Google's resources and their properties: the table `terraform.yaml`, and its use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from policies.capture import UNKNOWN
from policies.second_opinion.errors import OpinionError

_TABLE: Final = Path(__file__).with_name("terraform.yaml")
_EDGES: Final = (re.compile(r"([A-Z]+)([A-Z][a-z])"), re.compile(r"([a-z0-9])([A-Z])"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """The properties of one resource as a plan has them."""

    values: Mapping[str, Any]
    """What is known; an object is a list of one, as Terraform has blocks."""
    unknown: Mapping[str, Any]
    """The plan's `after_unknown`: true in place of each value that is left out of `values`."""
    paths: Mapping[str, str]
    """Path in `values`, without positions, to Pulumi's, e.g. "node_config.taint.key" to "nodeConfig.taints.key"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TerraformType:
    """One type of resource."""

    type: str
    """E.g. "google_container_cluster"."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that do not follow from Pulumi's, by Pulumi's path or what it ends with."""
    maps: tuple[str, ...] = ()
    """Properties whose keys are the user's, by path or what it ends with."""

    def name(self, path: str) -> str:
        """Terraform's name of the last part of a property path of Pulumi's, which has no positions."""
        return next((self.names[end] for end in _ends(path) if end in self.names), snake(path.rpartition(".")[2]))

    def translate(self, inputs: Mapping[str, Any]) -> Translation:
        """Input properties of a captured resource as Terraform has them."""
        paths: dict[str, str] = {}
        values, unknown = self._block(inputs, "", "", paths)
        return Translation(values=values, unknown=unknown, paths=paths)

    def _block(
        self, properties: Mapping[str, Any], path: str, here: str, paths: dict[str, str]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        values: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for key, given in properties.items():
            inner = f"{path}.{key}" if path else key
            name = self.name(inner)
            paths[there := f"{here}.{name}" if here else name] = inner
            if given is None:
                continue
            if any(end in self.maps for end in _ends(inner)):
                values[name], unknown[name] = _known(given), _is_unknown(given)
            else:
                values[name], unknown[name] = self._value(given, inner, there, paths)
        return (
            {name: value for name, value in values.items() if value is not UNKNOWN},
            {name: what for name, what in unknown.items() if what},
        )

    def _value(self, given: Any, path: str, here: str, paths: dict[str, str]) -> tuple[Any, Any]:
        if isinstance(given, Mapping):
            values, unknown = self._block(given, path, here, paths)
            return [values], [unknown] if unknown else None
        if isinstance(given, list | tuple):
            parts = [self._value(part, path, here, paths) for part in given]
            # An object in a list is an item of it and no list of its own.
            items = [
                value[0] if isinstance(part, Mapping) else value for part, (value, _) in zip(given, parts, strict=True)
            ]
            marks = [
                mark[0] if isinstance(part, Mapping) and mark else mark or False
                for part, (_, mark) in zip(given, parts, strict=True)
            ]
            return [item for item in items if item is not UNKNOWN], marks if any(marks) else None
        return given, given is UNKNOWN


def terraform_type(token: str) -> TerraformType:
    """What Terraform calls a type of resource.

    Raises:
        OpinionError: The table has no such type.
    """
    found = types().get(token)
    if found is None:
        msg = (
            f"policies/second_opinion/terraform.yaml does not say what Terraform calls {token}, so checkov would not be"
            " shown such resources. Add the type, and the names of its properties that do not follow from Pulumi's."
        )
        raise OpinionError(msg)
    return found


@cache
def types() -> Mapping[str, TerraformType]:
    """The table, by type token."""
    table = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {
        token: TerraformType(type=row["type"], names=row.get("names", {}), maps=tuple(row.get("maps", ())))
        for token, row in table.items()
    }


def snake(name: str) -> str:
    """A name of Pulumi's in Terraform's letters, e.g. "ipCidrRange" is "ip_cidr_range"."""
    for edge in _EDGES:
        name = edge.sub(r"\1_\2", name)
    return name.lower()


def _ends(path: str) -> list[str]:
    """What a path ends with, longest first: "a.b.c", "b.c", "c"."""
    parts = path.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))]


def _known(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    return {key: value for key, value in given.items() if value is not UNKNOWN}


def _is_unknown(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given is UNKNOWN
    return {key: True for key, value in given.items() if value is UNKNOWN}
