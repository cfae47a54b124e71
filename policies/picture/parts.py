"""What a stack consists of: its components, what each is for, and where it is.

What a component is for is read from the types of its resources, never from its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policies.capture import UNKNOWN, Capture, Resource
from policies.pods import STATEFUL_SET, TEMPLATES


class Role(StrEnum):
    """What a component is for."""

    CLUSTER = "cluster"
    NETWORK = "network"
    REGISTRY = "registry"
    DELIVERY = "delivery"
    KEYS = "keys"
    BACKUP = "backup"
    BUDGET = "budget"
    PROJECT = "project"
    EDGE = "edge"
    IDENTITY = "identity"
    WATCH = "watch"
    NAMESPACE = "namespace"
    GATEWAY = "gateway"
    DATABASE = "database"
    SERVICE = "service"
    IN_CLUSTER = "in the cluster"
    OTHER = "other"


NAMESPACE: Final = "kubernetes:core/v1:Namespace"
GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_SIGNS: Final[tuple[tuple[str, Role], ...]] = (
    ("gcp:container/cluster:", Role.CLUSTER),
    ("gcp:compute/network:", Role.NETWORK),
    ("gcp:cloudbuild/", Role.DELIVERY),
    ("gcp:artifactregistry/repository:", Role.REGISTRY),
    ("gcp:kms/keyRing:", Role.KEYS),
    ("gcp:gkebackup/", Role.BACKUP),
    ("gcp:billing/budget:", Role.BUDGET),
    ("gcp:organizations/project:", Role.PROJECT),
    ("gcp:compute/globalAddress:", Role.EDGE),
    ("gcp:iam/workloadIdentityPool:", Role.IDENTITY),
    ("gcp:monitoring/", Role.WATCH),
    ("gcp:logging/", Role.WATCH),
    (f"{NAMESPACE}", Role.NAMESPACE),
    (GATEWAY, Role.GATEWAY),
    (STATEFUL_SET, Role.DATABASE),
    *((type_, Role.SERVICE) for type_ in TEMPLATES),
    ("kubernetes:", Role.IN_CLUSTER),
)
"""Start of a type token, and what a component is that has such a resource; the first that is found decides."""
PROVIDERS: Final = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component directly below the stack, with all that is in it."""

    urn: str
    name: str
    kind: str
    """Last part of its type token, e.g. "Microservice"."""
    role: Role
    resources: tuple[Resource, ...]
    namespace: str | None = None
    """Kubernetes namespace its resources are in."""

    @property
    def title(self) -> str:
        """Its kind and name, once where they are the same."""
        return titled(self.kind, self.name)

    def of(self, start: str) -> list[Resource]:
        """Its resources whose type token starts so."""
        return [resource for resource in self.resources if resource.type.startswith(start)]

    def first(self, start: str) -> Resource | None:
        """The first of them."""
        return next(iter(self.of(start)), None)


def titled(kind: str, name: str) -> str:
    """Kind and name, once where they are the same."""
    return kind if kind.lower() == name else f"{kind} {name}".strip()


LOOSE: Final = "without a component"
"""Name of the part that holds what no component has."""


def parts(capture: Capture) -> list[Part]:
    """All parts of a stack, in the program's order; resources that no component has are one more."""
    by_urn = {resource.urn: resource for resource in capture.resources}
    inside: dict[str, list[Resource]] = {one.urn: [] for one in capture.resources if not one.custom and not one.parent}
    loose: list[Resource] = []
    for resource in capture.resources:
        if resource.custom and not resource.type.startswith(PROVIDERS):
            inside.get(_top(resource, by_urn), loose).append(resource)
    found = [_part(urn, by_urn[urn].name, _kind(by_urn[urn].type), held) for urn, held in inside.items() if held]
    return [*found, *([_part(LOOSE, LOOSE, "", loose)] if loose else [])]


def owners(all_parts: Iterable[Part]) -> Mapping[str, Part]:
    """URN of a resource or component to the part it is in."""
    owned = {resource.urn: part for part in all_parts for resource in part.resources}
    return owned | {part.urn: part for part in all_parts}


def text(value: Any) -> str:
    """A value as words; empty where it is absent or not known yet."""
    return "" if value is None or value is UNKNOWN else str(value)


def _top(resource: Resource, by_urn: Mapping[str, Resource]) -> str:
    while resource.parent is not None and resource.parent in by_urn:
        resource = by_urn[resource.parent]
    return resource.urn


def _part(urn: str, name: str, kind: str, held: list[Resource]) -> Part:
    types = {resource.type for resource in held}
    role = next((role for start, role in _SIGNS if any(one.startswith(start) for one in types)), Role.OTHER)
    spaces = {text(resource.raw("metadata.namespace")) for resource in held if resource.type != NAMESPACE} - {""}
    return Part(
        urn=urn,
        name=name,
        kind=kind,
        role=role,
        resources=tuple(held),
        namespace=spaces.pop() if len(spaces) == 1 else None,
    )


def _kind(type_: str) -> str:
    return type_.rpartition(":")[2]
