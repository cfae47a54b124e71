"""What rules read of pods: their containers, their labels, how many there are, and what selects them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.capture import UNKNOWN, Resource, UnknownValueError
from policies.pods import CONTAINERS, DAEMON_SET, DEPLOYMENT, STATEFUL_SET, TEMPLATES
from policies.rules._reading import each

PODS: Final = tuple(TEMPLATES)
"""Types of all that runs pods."""
SERVERS: Final = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
"""Types of what runs pods for as long as the stack is there."""
ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
SERVICE: Final = "kubernetes:core/v1:Service"
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def spec(resource: Resource, path: str = "") -> str:
    """Path of a property of the pod's `spec`, e.g. "spec.template.spec.hostNetwork"; of the whole without one."""
    return f"{TEMPLATES[resource.type]}spec.{path}".rstrip(".")


def containers(resource: Resource, *fields: str) -> Iterator[str]:
    """Paths of the containers in these fields of the pod; of all, those that run once included, without any."""
    for field in fields or CONTAINERS:
        yield from each(resource, spec(resource, field))


def present(resource: Resource, path: str) -> bool:
    """Whether there is anything at the path, whatever is inside.

    Raises:
        UnknownValueError: It is not known yet, and may turn out to be nothing.
    """
    found = resource.raw(path)
    if found is UNKNOWN:
        raise UnknownValueError(path)
    return bool(found)


def labels(resource: Resource) -> Mapping[str, str]:
    """Labels of its pods."""
    found: Mapping[str, str] = resource.get(f"{TEMPLATES[resource.type]}metadata.labels", {})
    return found


def namespace(resource: Resource) -> str:
    """Namespace it is in."""
    return str(resource.get("metadata.namespace", "default"))


def named(resource: Resource) -> str:
    """Its name in the cluster; the logical one where the API server makes one up."""
    return str(resource.get("metadata.name", resource.name))


def selects(selector: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    """Whether a label selector takes what has these labels. An empty one takes everything."""
    return all(found.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        _holds(one["operator"], found.get(one["key"]), one.get("values", []))
        for one in selector.get("matchExpressions", [])
    )


def _holds(operator: str, value: str | None, values: Sequence[str]) -> bool:
    match operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case _:
            return value is None
