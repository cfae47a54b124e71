"""The dependencies that tell a route who is asking."""

import logging
from typing import Annotated

import pymongo
from fastapi import Depends, Request
from pymongo.errors import PyMongoError

from app.frontend.errors import LoginRequired
from app.frontend.repository import Sessions
from app.frontend.visitor import CookieKind, Seal, Visitor

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
"""How long a page that can do without the session waits for it."""


def _named(request: Request) -> Visitor:
    seal: Seal = request.app.state.seal
    cookie: CookieKind = request.app.state.cookie
    visitor = Visitor(seal, seal.opened(request.cookies.get(cookie.name, "")))
    # Kept for the page that tells of an error.
    request.state.visitor = visitor
    return visitor


async def _load(request: Request, visitor: Visitor) -> Visitor:
    if visitor.session_id is not None:
        sessions: Sessions = request.app.state.sessions
        found = await sessions.find(visitor.session_id)
        if found is not None:
            visitor.session, visitor.stored = found, True
            visitor.new_cookie = found.prolonged
            if found.notice is not None and request.method == "GET":
                await sessions.forget_notice(visitor.session_id)
    return visitor


async def guest(request: Request) -> Visitor:
    """Anybody, with what is kept of them. Raises PyMongoError."""
    return await _load(request, _named(request))


async def looker(request: Request) -> Visitor:
    """Anybody; when sessions cannot be read, someone without a basket, since looking around needs none."""
    visitor = _named(request)
    try:
        with pymongo.timeout(PATIENCE_SECONDS):
            return await _load(request, visitor)
    except PyMongoError as error:
        log.warning("page served without its session: %s", type(error).__name__)
        return visitor


Guest = Annotated[Visitor, Depends(guest)]
Looker = Annotated[Visitor, Depends(looker)]


async def shopper(visitor: Guest) -> Visitor:
    """Somebody logged in. Raises LoginRequired."""
    if visitor.session.login is None:
        raise LoginRequired
    return visitor


Shopper = Annotated[Visitor, Depends(shopper)]
