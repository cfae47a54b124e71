"""Whether every Kubernetes the stack may run takes a manifest: its kind is there, and all of its fields."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, cast

from jsonschema.exceptions import ValidationError

from policies.manifests import schemas, versions
from policies.manifests.manifest import Manifest
from policies.model import Check, Finding, Judge, Severity, Status

CHECK: Final = Check(
    id="manifest-schema",
    judge=Judge.MANIFEST,
    title="Every Kubernetes the stack may run takes its manifests",
    severity=Severity.HIGH,
    reason=(
        "The API server drops a field it does not know and refuses a kind it does not have, when everything before it "
        "has been made."
    ),
    fix="Write the field or kind as the API of that version has it.",
)
_LONGEST: Final = 200
_ABSENCES: Final = ("minItems", "minProperties", "oneOf", "anyOf", "contains")
"""What may be wrong only because something was left out."""


def validate(manifest: Manifest, minors: tuple[int, ...]) -> list[Finding]:
    """What is wrong with a manifest in any of these minor versions; never empty.

    It is validated without what is not known yet or is secret. Where only that is wrong, it is *not evaluated*.
    """
    resource = manifest.resource
    blank = Finding(
        check=CHECK.id, status=Status.COMPLIANT, resource=resource.urn, file=resource.file, line=resource.line
    )  # fmt: skip
    absent = tuple(minor for minor in minors if schemas.validator(manifest.api, manifest.kind, minor) is None)
    if absent:
        return [_without_schema(blank, manifest, absent)]
    strictest = schemas.strictest(manifest.api, manifest.kind, minors)
    if not any(next(_errors(manifest, minor), None) for minor in strictest):
        return [blank]
    wrong: dict[tuple[str, str], list[int]] = {}
    for minor in minors:
        for error in _errors(manifest, minor):
            if not _undecided(error, manifest):
                wrong.setdefault((_path(error), _said(error)), []).append(minor)
    if wrong:
        return [_violated(blank, *where, tuple(found)) for where, found in wrong.items()]
    left_out = ", ".join(f"`{path}`" for path in manifest.left_out)
    message = f"It can't be validated without {left_out}, which is not known before it is created."
    return [replace(blank, status=Status.NOT_EVALUATED, message=message, property_path=manifest.left_out[0])]


def _errors(manifest: Manifest, minor: int) -> Iterator[ValidationError]:
    validator = schemas.validator(manifest.api, manifest.kind, minor)
    assert validator is not None  # noqa: S101 - asked for before
    return validator.iter_errors(manifest.body)


def _without_schema(blank: Finding, manifest: Manifest, absent: tuple[int, ...]) -> Finding:
    if schemas.is_built_in(manifest.api):
        message = f"Kubernetes {versions.shown(absent)} has no {manifest.kind} of {manifest.api}."
        return replace(blank, status=Status.VIOLATED, message=message, property_path="apiVersion")
    message = f"There is no schema of {manifest.kind} of {manifest.api} here."
    return replace(blank, status=Status.NOT_EVALUATED, message=message)


def _violated(blank: Finding, path: str, said: str, minors: tuple[int, ...]) -> Finding:
    message = f"`{path or 'it'}`: {said} (Kubernetes {versions.shown(minors)})."
    return replace(blank, status=Status.VIOLATED, message=message, property_path=path or None)


def _undecided(error: ValidationError, manifest: Manifest) -> bool:
    path = _path(error)
    if error.validator == "required":
        required, found = cast("list[str]", error.validator_value), cast("dict[str, object]", error.instance)
        missing = [name for name in required if name not in found]
        return all((f"{path}.{name}" if path else name) in manifest.left_out for name in missing)
    inside = (left.removeprefix(path) for left in manifest.left_out if left.startswith(path))
    return error.validator in _ABSENCES and any(rest[:1] in {".", "["} for rest in inside)


def _path(error: ValidationError) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return "".join(steps).removeprefix(".")


def _said(error: ValidationError) -> str:
    said = error.message.rstrip(".")
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
