"""The schemas of Kubernetes and of what is added to it, each strict: a field that is not there is an error.

Kubernetes' own are those of the package kubernetes-validate, one set for each minor version. What GKE's clusters add is
described in local/gke/definitions.py, the Gateway API in `gateway_api`.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final, Protocol

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from local.gke import definitions
from policies.manifests import gateway_api
from policies.manifests.widening import Resolve, takes_all_of

_BUILT_IN: Final = ".k8s.io"
_KEPT: Final = ("gateway.networking.k8s.io",)
"""Groups that end like Kubernetes' own and are not in it."""
_METADATA: Final = "https://kubernetes.io/api/_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Validator(Protocol):
    """What finds errors."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]:
        """All of them."""


def is_built_in(api: str) -> bool:
    """Whether a version of an API, e.g. "apps/v1", is Kubernetes' own."""
    group = api.rpartition("/")[0]
    return "." not in group or (group.endswith(_BUILT_IN) and group not in _KEPT)


@cache
def validator(api: str, kind: str, minor: int) -> Validator | None:
    """Of a kind in a version of Kubernetes, e.g. ("apps/v1", "Deployment", 36); None where there is no such kind."""
    schema = _schema(api, kind, minor)
    return Draft202012Validator(schema, registry=_registry(minor)) if schema else None


@cache
def strictest(api: str, kind: str, minors: tuple[int, ...]) -> tuple[int, ...]:
    """Of versions, oldest first, those that have to be asked: the others take all that the one before them takes."""
    asked = [minors[0]]
    for old, new in pairwise(minors):
        before, after = _schema(api, kind, old), _schema(api, kind, new)
        if before is None or after is None or not takes_all_of(before, after, _resolve(old), _resolve(new)):
            asked.append(new)
    return tuple(asked)


@cache
def _schema(api: str, kind: str, minor: int) -> Mapping[str, Any] | None:
    return _own(api, kind, minor) if is_built_in(api) else _added(api, kind)


def _own(api: str, kind: str, minor: int) -> Mapping[str, Any] | None:
    group, _, version = api.rpartition("/")
    stem = "-".join(part for part in (kind.lower(), group.partition(".")[0], version) if part)
    file = _folder(minor).joinpath(f"{stem}.json")
    found: Mapping[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found


def _added(api: str, kind: str) -> Mapping[str, Any] | None:
    schema = {**_of_gke(), **gateway_api.SCHEMAS}.get((api, kind))
    if schema is None:
        return None
    closed: Mapping[str, Any] = strict(schema)
    # Of all objects the API server asks the same there.
    return {**closed, "properties": {**closed["properties"], "metadata": {"$ref": _METADATA}}}


@cache
def _definitions(minor: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_folder(minor).joinpath("_definitions.json").read_text(encoding="utf-8"))
    return found


@cache
def _registry(minor: int) -> "Registry[Any]":
    return Resource.from_contents(_definitions(minor)) @ Registry()


def _resolve(minor: int) -> Resolve:
    return lambda reference: _definitions(minor)["$defs"][reference.rpartition("/")[2]]


def _folder(minor: int) -> Any:
    return files("kubernetes_validate").joinpath("kubernetes-json-schema", f"v1.{minor}.0-local-strict")


@cache
def _of_gke() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    return {
        (f"{one['spec']['group']}/{version['name']}", one["spec"]["names"]["kind"]): version["schema"][
            "openAPIV3Schema"
        ]
        for one in definitions.definitions()
        for version in one["spec"]["versions"]
    }


def strict(schema: Any) -> Any:
    """The schema, in which objects of known fields have no others."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: strict(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), Mapping) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
