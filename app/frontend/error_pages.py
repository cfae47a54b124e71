"""Every error of the frontend as a page that looks like the shop and says what to do."""

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.frontend.errors import LoginRequired, Refused
from app.frontend.pages import Pages
from app.frontend.visiting import looker
from app.frontend.visitor import Visitor
from app.frontend.words import with_query
from app.shared.errors import ApiError

log = logging.getLogger(__name__)

_SENTENCES = {
    404: "The page was moved, or the address has a mistake in it.",
    405: "This address is for something else.",
    413: "That is more than our forms can hold. Send less.",
}
_ODD = "Something in the address is not as it should be. Begin at the front of the shop."
_BROKEN = "It was not your doing, and we have been told. Try again in a little while."
_NO_SESSIONS = "Baskets and logins cannot be reached just now. You can look around meanwhile."


def crashed(pages: Pages) -> Callable[[str], Response]:
    """The answer to a bug."""
    return lambda _path: pages.error(500, _BROKEN)


def install(app: FastAPI, pages: Pages) -> None:
    """Tell every error as a page; replaces the problem bodies of the other services."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)  # noqa: S101 - registered for this class only
        return pages.error(
            error.status, error.detail, await _visitor(request), headers=error.headers, again=_again(request)
        )

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        sentence = _SENTENCES.get(error.status_code, _ODD)
        return pages.error(error.status_code, sentence, await _visitor(request), headers=dict(error.headers or {}))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
        in_path = any(each["loc"][0] == "path" for each in error.errors())
        status, sentence = (404, _SENTENCES[404]) if in_path else (422, _ODD)
        return pages.error(status, sentence, await _visitor(request))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101 - registered for this class only
        return pages.error(error.status, " ".join(error.problems.values()), await _visitor(request))

    async def no_database(request: Request, error: Exception) -> Response:
        log.error("database operation failed", exc_info=error)
        known = getattr(request.state, "visitor", None)
        return pages.error(503, _NO_SESSIONS, known, headers={"Retry-After": "5"}, again=_again(request))

    async def login_first(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoginRequired)  # noqa: S101 - registered for this class only
        return pages.go(with_query("/login", {"next": _back(request)}), await _visitor(request))

    app.add_exception_handler(ApiError, known)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(PyMongoError, no_database)
    app.add_exception_handler(LoginRequired, login_first)


async def _visitor(request: Request) -> Visitor:
    """Who the route had found, or who it would have: an error page shows their basket too."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    return known or await looker(request)


def _again(request: Request) -> str:
    """The address asked for; empty for a form, which only its own page can send again."""
    return with_query(request.url.path, dict(request.query_params)) if request.method == "GET" else ""


def _back(request: Request) -> str:
    """The page to come back to after logging in: the one asked for, or the one whose form was sent."""
    return _again(request) or request.url.path.removesuffix("/cancel")
