"""Reading a submitted form: only from our own pages, only of a sensible size, only with the session's token."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from pydantic import ValidationError

from app.frontend.errors import BadForm, ForeignForm, FormExpired, FormTooLarge, Refused
from app.frontend.schemas import Form
from app.frontend.settings import Settings
from app.frontend.visiting import Guest

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 20

FormT = TypeVar("FormT", bound=Form)


async def submitted(request: Request, visitor: Guest) -> Mapping[str, str]:
    """The form's fields, checked to come from a page of ours that was made for this visitor.

    Raises ForeignForm, BadForm, FormTooLarge, FormExpired.
    """
    settings: Settings = request.app.state.settings
    _refuse_foreign(request, settings.public_url)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise BadForm
    fields = _fields(await _body(request, settings.max_form_bytes))
    if visitor.session_id is None or not visitor.seal.accepts(visitor.session_id, fields.get("csrf", "")):
        raise FormExpired
    return fields


Submitted = Annotated[Mapping[str, str], Depends(submitted)]


def read(kind: type[FormT], fields: Mapping[str, str]) -> FormT:
    """The fields as a form; raises Refused with a sentence for each field that is not valid."""
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as mistakes:
        names = dict.fromkeys(str(each["loc"][0]) if each["loc"] else "" for each in mistakes.errors())
        raise Refused({name: kind.words[name] for name in names if name in kind.words} or {"": _BROKEN}) from None


def body_of(kind: type[Form]) -> dict[str, Any]:
    """What the OpenAPI document says of a form, for a route's `openapi_extra`."""
    schema = kind.model_json_schema()
    schema["properties"] = {
        "csrf": {"type": "string", "description": "Token of the page's form."},
        **schema["properties"],
    }
    schema["required"] = ["csrf", *schema.get("required", [])]
    return {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}}}


_BROKEN = "The form could not be understood. Please reload the page and try again."


def _refuse_foreign(request: Request, ours: str) -> None:
    """Browsers say where a form comes from; those that say nothing still need the token."""
    origin = request.headers.get("origin")
    if origin is not None and origin != ours:
        raise ForeignForm
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignForm


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise FormTooLarge
    return bytes(body)


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        )
    except ValueError as error:
        raise BadForm from error
