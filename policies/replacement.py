"""Which changes replace a resource: the provider's word, known without an account.

For GCP it is the comparison of the emulated provider, which has the real one's rules (docs/emulated-provider.md); for
Kubernetes the fields that its API never changes. What is made of a resource that is replaced may be replaced with it,
which only a preview of the engine tells.
"""

from collections.abc import Mapping
from typing import Any, Final

from local.gcp.difference import difference
from local.gcp.kinds import UNKNOWN as UNKNOWN_TO_THE_PROVIDER
from local.gcp.lifecycle import Subject
from policies.capture import UNKNOWN, Resource

_UNCHANGEABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("metadata.name", "metadata.namespace"),
    "Deployment": ("spec.selector",),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    "Secret": ("type", "data", "stringData"),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"),
    "StorageClass": ("parameters", "provisioner"),
}
"""Fields whose change makes Pulumi's Kubernetes provider replace an object, by kind; the first are those of all."""
_STILL_UNKNOWN: Final = "[unknown]"


def replacing(old: Resource, new: Resource) -> tuple[str, ...]:
    """Paths of the properties because of which the change from `old` to `new` replaces it; none for one in place.

    A type that neither provider has (a component, a provider) is changed in place.
    """
    before, after = _together(old.inputs, new.inputs)
    if new.type.startswith("kubernetes:"):
        fixed = (*_UNCHANGEABLE[""], *_UNCHANGEABLE.get(new.type.rpartition(":")[2], ()))
        return tuple(path for path in fixed if _at(before, path) != _at(after, path))
    if not new.type.startswith("gcp:"):
        return ()
    subject = Subject.of(new.type)
    found = difference(
        subject.schema,
        subject.kind,
        after,
        state=before,
        olds=before,
        fixed=subject.fixed,
        expected={},
        ignored=list(new.ignore_changes),
    )
    return tuple(found.replaces)


def _together(old: Any, new: Any) -> tuple[Any, Any]:
    """Both as the provider reads them: what neither knows is the same, what is not known any more is a change."""
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        pairs = {key: _together(old.get(key), new.get(key)) for key in {**old, **new}}
        return (
            {key: one for key, (one, _) in pairs.items() if key in old},
            {key: one for key, (_, one) in pairs.items() if key in new},
        )
    if isinstance(new, list) and isinstance(old, list):
        pad = max(len(old), len(new))
        both = [_together(*one) for one in zip(_padded(old, pad), _padded(new, pad), strict=True)]
        return [one for one, _ in both][: len(old)], [one for _, one in both][: len(new)]
    if old is UNKNOWN and new is UNKNOWN:
        return _STILL_UNKNOWN, _STILL_UNKNOWN
    return _alone(old, _STILL_UNKNOWN), _alone(new, UNKNOWN_TO_THE_PROVIDER)


def _padded(values: list[Any], length: int) -> list[Any]:
    return [*values, *([None] * (length - len(values)))]


def _alone(value: Any, unknown: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _alone(part, unknown) for key, part in value.items()}
    if isinstance(value, list):
        return [_alone(part, unknown) for part in value]
    return unknown if value is UNKNOWN else value


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
