"""What a stack registers, as one file that is read as a diff: each resource, what it is told, whether it is protected.

The values that only a user knows are those of a rehearsal; secrets are not shown.
"""

from pathlib import Path
from typing import Any, Final

import yaml

from tests.unit.infra.recorder import Recording, record, rehearsed_values, stack_of

STACKS: Final = ("dev", "prod")
FOLDER: Final = Path(__file__).parent
_HIDDEN: Final = {"stringData": "[secret]", "secretData": "[secret]"}
_HEAD: Final = "# Made by `make golden`; read its changes as part of the review of what changed them.\n"


def inventory(stack: str) -> str:
    """The file of a stack."""
    recording, _ = record(stack_of(rehearsed_values(stack), stack))
    return _HEAD + yaml.safe_dump(described(recording), sort_keys=False, width=120)


def described(recording: Recording) -> dict[str, Any]:
    """`<type> <logical name>` to what matters of each resource, in order."""
    found = {}
    for resource in sorted(recording.resources, key=lambda r: (r.typ, r.name)):
        options = recording.options[resource.typ, resource.name]
        entry: dict[str, Any] = {"part_of": options.parent} if not options.parent.startswith("a-tu-mano-") else {}
        if options.protect:
            entry["protected"] = True
        if options.ignore_changes:
            entry["ignores"] = list(options.ignore_changes)
        if resource.custom and (inputs := _shown(resource.inputs)):
            entry["inputs"] = inputs
        found[f"{resource.typ} {resource.name}"] = entry
    return found


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {key: _HIDDEN.get(key) or _shown(part) for key, part in sorted(value.items())}
        return {key: part for key, part in shown.items() if part not in (None, {})}
    if isinstance(value, (list, tuple)):
        return [_shown(part) for part in value]
    return value


def file_of(stack: str) -> Path:
    """Where the file of a stack is."""
    return FOLDER / f"{stack}.yaml"


def listed(stack: str) -> set[str]:
    """`<type> <logical name>` of everything in the file of a stack."""
    return set(yaml.safe_load(file_of(stack).read_text(encoding="utf-8")))
