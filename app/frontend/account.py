"""Registering, logging in and out, and an access token that is good for the next call."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.frontend.clients import Auth
from app.frontend.errors import LoginRequired, ServiceDown
from app.frontend.repository import Login, Notice, Session, Sessions
from app.frontend.schemas import Tokens
from app.frontend.visitor import Visitor
from app.shared.errors import ApiError, Unauthorized

log = logging.getLogger(__name__)

NEAR_END = timedelta(seconds=60)
LAST_MOMENT = timedelta(seconds=5)
CLAIM_SECONDS = 10.0
"""Longer than one refresh may take (5 s), so a second refresh never starts beside a slow one."""
WAIT_SECONDS = 0.1
WAITS = 60

ENDED = Notice(tone="warn", text="You were logged out, because your login had ended. Log in again to go on.")

AnswerT = TypeVar("AnswerT")


def _now() -> datetime:
    return datetime.now(UTC)


class Account:
    """The logins of the shop; tokens never leave the session."""

    def __init__(
        self,
        auth: Auth,
        sessions: Sessions,
        *,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._auth = auth
        self._sessions = sessions
        self._now = now
        self._sleep = sleep

    async def register(self, visitor: Visitor, email: str, password: str) -> None:
        """Make an account and log in. Raises Refused, ServiceDown, TooManyRequests."""
        await self._auth.register(email, password)
        await self.login(visitor, email, password, welcome="Welcome! Your account is ready.")

    async def login(self, visitor: Visitor, email: str, password: str, *, welcome: str = "You are logged in.") -> None:
        """Log in under a new session id; the basket comes along. Raises Refused, ServiceDown, TooManyRequests."""
        tokens = await self._auth.login(email, password)
        before, earlier = visitor.session_id, visitor.session.login
        session = Session(
            basket=visitor.basket, login=self._login(email, tokens), notice=Notice(tone="good", text=welcome)
        )
        await self._sessions.start(visitor.rotate(), session)
        visitor.session, visitor.stored = session, True
        if before is not None:
            await self._sessions.end(before)
        if earlier is not None:
            await self._end_tokens(earlier)

    async def logout(self, visitor: Visitor) -> None:
        """End the session, and the login at the auth service if that answers."""
        login = visitor.session.login
        if visitor.session_id is not None:
            await self._sessions.end(visitor.session_id)
        visitor.session, visitor.stored, visitor.ended = Session(), False, True
        if login is not None:
            await self._end_tokens(login)

    async def call(self, visitor: Visitor, call: Callable[[str], Awaitable[AnswerT]]) -> AnswerT:
        """What `call` gives with a good access token. Raises LoginRequired when there is none to be had."""
        token = await self._token(visitor)
        try:
            return await call(token)
        except Unauthorized as error:
            raise await self._ended(visitor) from error

    async def _token(self, visitor: Visitor) -> str:
        login = visitor.session.login
        if login is None or visitor.session_id is None:
            raise LoginRequired
        if login.access_until > self._now() + NEAR_END:
            return login.access_token
        return await self._refreshed(visitor, visitor.session_id)

    async def _refreshed(self, visitor: Visitor, session_id: str) -> str:
        """One request of all tabs and pods refreshes; the others use the old token while it lasts, or wait."""
        owner = secrets.token_hex(8)
        for _ in range(WAITS):
            login = await self._sessions.claim_refresh(session_id, owner, CLAIM_SECONDS)
            if login is not None:
                return await self._refresh(visitor, session_id, owner, login)
            session = await self._sessions.find(session_id)
            if session is None or session.login is None:
                raise LoginRequired
            if session.login.access_until > self._now() + LAST_MOMENT:
                visitor.session = session
                return session.login.access_token
            await self._sleep(WAIT_SECONDS)
        raise ServiceDown(service="auth")

    async def _refresh(self, visitor: Visitor, session_id: str, owner: str, login: Login) -> str:
        if login.access_until > self._now() + NEAR_END:
            # Another one was faster between our look and our claim.
            await self._sessions.finish_refresh(session_id, owner, None)
        else:
            try:
                login = self._login(login.email, await self._auth.refresh(login.refresh_token))
            except Unauthorized as error:
                visitor.session = visitor.session.model_copy(update={"login": login})
                raise await self._ended(visitor) from error
            except ApiError:
                await self._sessions.finish_refresh(session_id, owner, None)
                if login.access_until > self._now() + LAST_MOMENT:
                    return login.access_token
                raise
            await self._sessions.finish_refresh(session_id, owner, login)
        visitor.session = visitor.session.model_copy(update={"login": login})
        return login.access_token

    async def _ended(self, visitor: Visitor) -> LoginRequired:
        login = visitor.session.login
        if login is not None and visitor.session_id is not None:
            await self._sessions.end_login(visitor.session_id, login.refresh_token, ENDED)
        visitor.session = visitor.session.model_copy(update={"login": None, "notice": ENDED})
        return LoginRequired()

    async def _end_tokens(self, login: Login) -> None:
        try:
            await self._auth.logout(login.refresh_token)
        except ApiError:
            # The session is gone, so nobody holds the tokens any more; they end by themselves.
            log.warning("auth could not be told of a logout")

    def _login(self, email: str, tokens: Tokens) -> Login:
        return Login(
            email=email,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_until=self._now() + timedelta(seconds=tokens.expires_in),
        )
