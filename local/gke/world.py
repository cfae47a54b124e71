"""What the stand-in looks at, and what it writes of it: objects of the API as plain mappings."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.gke.definitions import GROUP, PLURALS

CONTROLLER: Final = "networking.gke.io/gateway"
"""Name of GKE's controller, in its GatewayClasses and in the statuses of routes."""
GATEWAY_CLASS: Final = "gke-l7-global-external-managed"
GATEWAY_API: Final = "gateway.networking.k8s.io"
GATEWAYS: Final = f"/apis/{GATEWAY_API}/v1/gateways"
ROUTES: Final = f"/apis/{GATEWAY_API}/v1/httproutes"
SERVICE_LABEL: Final = "kubernetes.io/service-name"

Object = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that decides, as one reading of the API server found it."""

    gateways: Sequence[Object] = ()
    routes: Sequence[Object] = ()
    services: Sequence[Object] = ()
    slices: Sequence[Object] = ()
    """EndpointSlices."""
    namespaces: Sequence[Object] = ()
    policies: Mapping[str, Sequence[Object]] | None = None
    """Policies by kind."""

    def of(self, kind: str) -> Sequence[Object]:
        """The policies of a kind."""
        return (self.policies or {}).get(kind, ())

    def service(self, namespace: str, name: str) -> Object | None:
        """A Service, or None."""
        return next((found for found in self.services if key(found) == (namespace, name)), None)

    def labels(self, namespace: str) -> Mapping[str, str]:
        """The labels of a namespace, none where it is not there."""
        found = next((found for found in self.namespaces if found["metadata"]["name"] == namespace), None)
        labels: Mapping[str, str] = (found or {"metadata": {}})["metadata"].get("labels", {})
        return labels


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the emulated cloud has, by name."""

    addresses: Mapping[str, str]
    """Global static addresses."""
    certificate_maps: Mapping[str, Sequence[str]]
    """Certificate maps, each with the hostnames of its entries."""
    security_policies: frozenset[str]
    ssl_policies: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Status:
    """A status as it should be; conditions have no times yet."""

    path: str
    """Of the object, in the API."""
    found: Object
    """The object it was made of."""
    status: Object


def key(found: Object) -> tuple[str, str]:
    """Namespace and name."""
    return found["metadata"]["namespace"], found["metadata"]["name"]


def title(found: Object) -> str:
    """Namespace and name, as messages have them."""
    return "/".join(key(found))


def age(found: Object) -> tuple[str, str]:
    """Sorts the oldest first; those of one second by name."""
    return found["metadata"].get("creationTimestamp", ""), title(found)


def path(found: Object, plural: str, group: str = GATEWAY_API) -> str:
    """Path of a namespaced object in the API."""
    namespace, name = key(found)
    return f"/apis/{group}/v1/namespaces/{namespace}/{plural}/{name}"


def policy_path(found: Object) -> str:
    """Path of a policy in the API."""
    return path(found, PLURALS[found["kind"]], GROUP)


def condition(kind: str, reason: str, message: str = "", *, true: bool = True) -> Object:
    """A condition, its times still to be set."""
    return {"type": kind, "status": "True" if true else "False", "reason": reason, "message": message}


def now() -> str:
    """The time as Kubernetes writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
