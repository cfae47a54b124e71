"""Turns what pydantic found into one sentence per mistake."""

import difflib
import json
import types
from collections.abc import Iterator
from pathlib import PurePath
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.errors import Problem
from infra.settings_types import Requirement

NAMESPACE: Final = "a-tu-mano"
"""Namespace of the project's keys in a stack's file."""

_LONGEST_QUOTE: Final = 60
_REFERENCE: Final = "See stacks/README.md."
_SHAPES: Final = {
    "model_type": "a mapping of settings",
    "model_attributes_type": "a mapping of settings",
    "dict_type": "a mapping",
    "tuple_type": "a list",
}


def key(*parts: str | int) -> str:
    """Key as a person finds it in the file, e.g. ("services", "orders", "port") -> "a-tu-mano:services.orders.port"."""
    return f"{NAMESPACE}:{'.'.join(str(part) for part in parts)}"


def quoted(value: object) -> str:
    """A value as it was written, short enough for a line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def problems_of(error: ValidationError, model: type[BaseModel], where: str) -> Iterator[Problem]:
    """One problem per mistake, in the order of the model's fields."""
    for detail in error.errors(include_url=False):
        yield _problem(detail, model, where)


def _problem(detail: ErrorDetails, model: type[BaseModel], where: str) -> Problem:
    location = list(detail["loc"])
    about_key = bool(location) and location[-1] == "[key]"
    if about_key:
        location.pop()
    subject = key(*location)
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_key(location, model, where)
        case "missing":
            owner, hint = _owner(model, location[:-1]), _REFERENCE
            requirement = _requirement(owner, str(location[-1])) if owner else None
            text = requirement.text if requirement else "a mapping of settings"
            return Problem(
                where,
                subject,
                "is missing",
                f"{text} is required",
                _next_step(requirement.fix, where) if requirement else hint,
            )
        case "requirement":
            context = detail["ctx"]
            verb = "is a key" if about_key else f"is {quoted(detail['input'])}"
            return Problem(where, subject, verb, f"{context['text']} is required", _next_step(context["fix"], where))
        case kind:
            shape = _SHAPES.get(kind, detail["msg"])
            return Problem(where, subject, f"is {quoted(detail['input'])}", f"{shape} is required", _REFERENCE)


def _next_step(fix: str, where: str) -> str:
    """The fix with the stack's name in its commands, e.g. "stacks/Pulumi.dev.yaml" -> "dev"."""
    return fix.replace("{stack}", PurePath(where).name.removeprefix("Pulumi.").removesuffix(".yaml"))


def _unknown_key(location: list[str | int], model: type[BaseModel], where: str) -> Problem:
    owner = _owner(model, location[:-1])
    known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    fix = f'Did you mean "{near[0]}"?' if near else "Remove it."
    return Problem(where, key(*location), "is not a setting", f"one of {', '.join(known)} is required", fix)


def _owner(model: type[BaseModel], location: list[str | int]) -> type[BaseModel] | None:
    """The section a location leads to; keys of a mapping (a service's name) are passed over."""
    current: Any = model
    for part in location:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in current.model_fields.items()}
            current = plain(fields.get(str(part)))
        elif get_origin(current) is dict:
            current = plain(get_args(current)[1])
        else:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def plain(annotation: Any) -> Any:
    """The type behind `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return plain(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation


def _requirement(owner: type[BaseModel], alias: str) -> Requirement | None:
    for name, field in owner.model_fields.items():
        if (field.alias or name) == alias:
            return next((part for part in field.metadata if isinstance(part, Requirement)), None)
    return None
