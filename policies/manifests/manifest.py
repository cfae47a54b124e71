"""What the API server is sent for a resource, without what nobody knows before it is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.capture import SECRET, UNKNOWN, Capture, Resource

PREFIX: Final = "kubernetes:"
_LEFT_OUT: Final = object()


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A resource as a manifest."""

    resource: Resource
    body: Mapping[str, Any]
    left_out: tuple[str, ...]
    """Paths of what is not known yet or is secret, e.g. "parameters.disk-encryption-kms-key"."""

    @property
    def kind(self) -> str:
        """E.g. "Deployment"."""
        return str(self.body["kind"])

    @property
    def api(self) -> str:
        """E.g. "apps/v1"."""
        return str(self.body["apiVersion"])


def manifests(capture: Capture) -> list[Manifest]:
    """All that the stack makes in a cluster; what it reads there is not its own."""
    return [
        manifest(resource)
        for resource in capture.resources
        if resource.type.startswith(PREFIX) and resource.custom and not resource.read
    ]


def manifest(resource: Resource) -> Manifest:
    """The manifest of one resource. Its kind and version are those of its type, where it does not say them."""
    group, kind = resource.type.removeprefix(PREFIX).rsplit(":", 1)
    api = group.removeprefix("core/")
    left_out: list[str] = []
    body = _known({"apiVersion": api, "kind": kind, **resource.inputs}, "", left_out)
    return Manifest(resource=resource, body=body, left_out=tuple(left_out))


def _known(value: Any, path: str, left_out: list[str]) -> Any:
    if value is UNKNOWN or value == SECRET:
        left_out.append(path)
        return _LEFT_OUT
    if isinstance(value, Mapping):
        parts = {key: _known(part, f"{path}.{key}" if path else str(key), left_out) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part is not _LEFT_OUT}
    if isinstance(value, list | tuple):
        return list(_members(value, path, left_out))
    return value


def _members(values: list[Any] | tuple[Any, ...], path: str, left_out: list[str]) -> Iterator[Any]:
    for index, value in enumerate(values):
        known = _known(value, f"{path}[{index}]", left_out)
        if known is not _LEFT_OUT:
            yield known
