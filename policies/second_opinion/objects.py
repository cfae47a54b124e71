"""The Kubernetes objects of a capture as files of YAML, one each: the inputs are the manifest already."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from policies.capture import UNKNOWN, Capture, Resource

KUBERNETES: Final = "kubernetes:"


@dataclass(frozen=True, kw_only=True, slots=True)
class KubernetesObject:
    """One object, and the file it is written to."""

    resource: Resource
    file: str
    """Name of the file: kind, namespace and name."""
    manifest: Mapping[str, Any]
    """Without what is not known yet."""


def objects(capture: Capture) -> dict[str, KubernetesObject]:
    """The objects that a stack makes, by name of the file."""
    found: dict[str, KubernetesObject] = {}
    for resource in capture.resources:
        if resource.type.startswith(KUBERNETES) and not resource.read:
            one = _object(resource, len(found))
            found[one.file] = one
    return found


def write(found: Mapping[str, KubernetesObject], folder: Path) -> list[Path]:
    """Write each object to its file in the folder, and give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in found.items():
        text = yaml.dump(one.manifest, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=False)
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in found]


def _object(resource: Resource, number: int) -> KubernetesObject:
    manifest = _known(resource.inputs)
    metadata = manifest.get("metadata") or {}
    parts = [manifest.get("kind"), metadata.get("namespace"), metadata.get("name") or resource.name]
    stem = "-".join(re.sub(r"[^A-Za-z0-9.-]", "_", part) for part in parts if isinstance(part, str))
    # Numbered, so that no two share a file whatever they are called, and files are in the order of the capture.
    return KubernetesObject(resource=resource, file=f"{number:04}-{stem}.yaml", manifest=manifest)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(part) for key, part in value.items() if part is not UNKNOWN and part is not None}
    if isinstance(value, list | tuple):
        return [_known(part) for part in value if part is not UNKNOWN]
    return value
