"""One error body for every service: RFC 9457 problem details, for our own errors and for the framework's.

A service's errors derive from `ApiError` in its errors.py and carry their status; routes name them with `errors(...)`
so that the OpenAPI document shows them.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.shared.context import current

TYPE_BASE = "https://a-tu-mano.example/problems/"
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """The body of every error (RFC 9457); some types add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str


class ApiError(Exception):
    """An error with an answer: subclasses set `status`, `slug`, `title`; `detail` says what was found and what to do.

    `extensions` become members of the problem body, `headers` of the response.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self, detail: str = "", *, headers: Mapping[str, str] | None = None, extensions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})


class BadRequest(ApiError):
    """The request is not understood."""

    status, slug, title = 400, "bad-request", "Bad request"


class Unauthorized(ApiError):
    """No valid access token came with the request."""

    status, slug, title = 401, "unauthorized", "Sign in first"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(ApiError):
    """The token is valid but its role is not enough."""

    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(ApiError):
    """Nothing is here, or it belongs to someone else."""

    status, slug, title = 404, "not-found", "Not found"


class Conflict(ApiError):
    """The request does not fit the present state."""

    status, slug, title = 409, "conflict", "Conflict"


class PreconditionFailed(ApiError):
    """`If-Match` names another version."""

    status, slug, title = 412, "stale-version", "Changed by someone else"


class PreconditionRequired(ApiError):
    """`If-Match` is required and missing."""

    status, slug, title = 428, "version-required", "If-Match is required"


class TooManyRequests(ApiError):
    """The caller's allowance is used up; `Retry-After` gives whole seconds."""

    status, slug, title = 429, "too-many-requests", "Too many requests"

    def __init__(self, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, round(retry_after)))})


class Unavailable(ApiError):
    """Something this service depends on does not answer; the same request may succeed a second later."""

    status, slug, title = 503, "unavailable", "Temporarily unavailable"

    def __init__(self, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, round(retry_after)))})


def problem(
    status: int,
    *,
    path: str,
    detail: str = "",
    slug: str | None = None,
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> Response:
    """A problem+json response; without `slug` and `title` they come from the status' standard phrase."""
    phrase = HTTPStatus(status).phrase
    body = {
        **(extensions or {}),
        "type": TYPE_BASE + (slug or phrase.lower().replace(" ", "-")),
        "title": title or phrase,
        "status": status,
        "detail": detail or phrase,
        "instance": path,
        "trace_id": current().trace_id,
    }
    return Response(json.dumps(body, ensure_ascii=False), status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: ApiError, path: str) -> Response:
    """The response that tells of one of our errors."""
    return problem(
        error.status,
        path=path,
        detail=error.detail,
        slug=error.slug,
        title=error.title,
        headers=error.headers,
        extensions=error.extensions,
    )


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class only
    return problem_of(error, request.url.path)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code < 400:  # noqa: PLR2004 - 304 and the like have no body
        return Response(status_code=error.status_code, headers=error.headers)
    return problem(error.status_code, path=request.url.path, detail=error.detail, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    # `input` and `ctx` are left out: they would echo passwords.
    mistakes = [{"at": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors()]
    detail = "; ".join(f"{each['at']}: {each['message']}" for each in mistakes[:5])
    return problem(
        422, path=request.url.path, detail=detail, slug="invalid-request", title="Invalid request",
        extensions={"errors": mistakes},
    )  # fmt: skip


def install(app: FastAPI) -> None:
    """Answer every error of this application, the framework's included, with a problem body."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)


def errors(*kinds: type[ApiError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: what each error class answers, joined where two share a status."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        described = " ".join((kind.__doc__ or kind.title).split())
        known = found.get(kind.status)
        found[kind.status] = {
            "model": Problem,
            "description": f"{known['description']} / {described}" if known else described,
        }
    return found
