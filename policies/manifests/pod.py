"""A pod as the Pod Security standards read it, whatever describes it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.capture import Resource
from policies.pods import CONTAINERS, TEMPLATES

USER_NAMESPACES: Final = 35
"""Minor version since which the standards ask less of a pod whose root is nobody on the node."""


class Pod:
    """The pod a resource describes. What is not known yet raises `UnknownValueError` when it is asked for."""

    def __init__(self, resource: Resource, minor: int) -> None:
        self.minor = minor
        """Minor version of Kubernetes in whose way it is asked, e.g. 36."""
        self._resource = resource
        self._at = TEMPLATES[resource.type]

    def get(self, path: str, default: Any = None) -> Any:
        """A property of the pod, e.g. "spec.hostNetwork"."""
        return self._resource.get(f"{self._at}{path}", default)

    def members(self, path: str) -> Iterator[str]:
        """Paths of the members of a list."""
        found = self._resource.raw(f"{self._at}{path}")
        known = found if isinstance(found, list | tuple) else self.get(path, [])
        return (f"{path}[{index}]" for index in range(len(known)))

    def given(self, path: str) -> set[str]:
        """Names of what is given in a mapping, whatever is inside."""
        found = self._resource.raw(f"{self._at}{path}")
        known = found if isinstance(found, Mapping) else self.get(path, {})
        return {key for key, value in known.items() if value is not None}

    def containers(self) -> Iterator[str]:
        """Paths of its containers: those that run first, those that stay, and those that are added later."""
        for field in CONTAINERS:
            yield from self.members(f"spec.{field}")

    def contexts(self) -> Iterator[str]:
        """Paths of the security contexts of the pod and of its containers."""
        yield "spec.securityContext"
        for container in self.containers():
            yield f"{container}.securityContext"

    @property
    def has_own_users(self) -> bool:
        """Whether its root is nobody on the node, and the version makes something of it."""
        return self.minor >= USER_NAMESPACES and self.get("spec.hostUsers") is False

    @property
    def is_windows(self) -> bool:
        """Whether it runs on Windows, which has none of Linux's settings."""
        return bool(self.get("spec.os.name") == "windows")
