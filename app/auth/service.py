"""Accounts and sessions: what auth decides."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from app.auth.errors import EmailTaken, InvalidClient, InvalidGrant, InvalidRefreshToken, WrongCredentials
from app.auth.keys import Keys
from app.auth.passwords import Passwords
from app.auth.repository import SessionRepository, UserRepository
from app.auth.schemas import ClientCredentials, ServiceTokenOut, TokensOut, UserOut
from app.auth.settings import Settings
from app.shared.mongo import Document

log = logging.getLogger(__name__)

USER_AUDIENCE = ["frontend", "products", "orders"]
SERVICE_AUDIENCES = frozenset({"auth", "products", "orders"})


class Accounts:
    """Registers, signs in, renews and signs out people; gives our services their tokens."""

    def __init__(
        self,
        *,
        settings: Settings,
        users: UserRepository,
        sessions: SessionRepository,
        keys: Keys,
        passwords: Passwords,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._users = users
        self._sessions = sessions
        self._keys = keys
        self._passwords = passwords
        self._clock = clock

    async def register(self, email: str, password: str) -> UserOut:
        """Make a customer's account; raises `EmailTaken`."""
        user = await self._new_user(email, password, "customer")
        # The staff account is made at start; before that nobody may take its place.
        if email == self._settings.staff_email or not await self._users.add(user):
            raise EmailTaken
        return _shown(user)

    async def login(self, email: str, password: str) -> TokensOut:
        """Sign in on one more device; raises `WrongCredentials`, after the same work for unknown accounts."""
        user = await self._users.by_email(email)
        matches, renewed = await self._passwords.verify(password, user["password_hash"] if user else None)
        if not user or not matches:
            raise WrongCredentials
        if renewed:
            await self._users.update(user["_id"], {"password_hash": renewed})
        family, secret, now = secrets.token_urlsafe(24), secrets.token_urlsafe(32), self._clock()
        await self._sessions.add(
            {
                "_id": _hash(family),
                "current": _hash(secret),
                "user_id": user["_id"],
                "created_at": now,
                "expires_at": now + timedelta(seconds=self._settings.refresh_token_seconds),
            }
        )
        return self._tokens(user, family, secret)

    async def refresh(self, refresh_token: str) -> TokensOut:
        """Exchange a refresh token for the next one; raises `InvalidRefreshToken`.

        A token of the family that is not its current one was stolen or replayed: then the family ends for everyone.
        """
        family, _, secret = refresh_token.partition(".")
        following = secrets.token_urlsafe(32)
        session = await self._sessions.rotate(_hash(family), _hash(secret), _hash(following), self._clock())
        if session is None:
            ended = await self._sessions.remove(_hash(family))
            if ended:
                log.warning("refresh token used again: its family has ended", extra={"user_id": ended["user_id"]})
            raise InvalidRefreshToken
        user = await self._users.by_id(session["user_id"])
        if user is None:
            raise InvalidRefreshToken
        return self._tokens(user, family, following)

    async def logout(self, refresh_token: str) -> None:
        """End the family of this token; nothing happens when it has ended already."""
        await self._sessions.remove(_hash(refresh_token.partition(".")[0]))

    def service_token(self, form: ClientCredentials) -> ServiceTokenOut:
        """A token for one of our services to call another; raises `InvalidClient` or `InvalidGrant`."""
        known = self._settings.client_secrets.get(form.client_id)
        expected = known.get_secret_value() if known else secrets.token_hex()
        if not hmac.compare_digest(expected.encode(), form.client_secret.get_secret_value().encode()):
            raise InvalidClient
        if form.grant_type != "client_credentials" or form.audience not in SERVICE_AUDIENCES:
            raise InvalidGrant
        claims = {"sub": f"service:{form.client_id}", "role": "service", "aud": [form.audience]}
        return ServiceTokenOut(access_token=self._sign(claims), expires_in=self._settings.access_token_seconds)

    async def seed_staff(self) -> None:
        """Make the staff account, or give it the password of the settings; safe to repeat and in many replicas."""
        email, password = self._settings.staff_email, self._settings.staff_password.get_secret_value()
        user = await self._users.by_email(email)
        if user is None:
            if await self._users.add(await self._new_user(email, password, "staff")):
                log.info("staff account made")
                return
            user = await self._users.by_email(email)
            if user is None:
                msg = f"auth.users: {email} was taken and is gone again, one staff account is required. Starting again."
                raise RuntimeError(msg)
        matches, _ = await self._passwords.verify(password, user["password_hash"])
        if user["role"] != "staff" or not matches:
            # Whoever held the account before must not become staff by an old session.
            await self._sessions.remove_all_of(user["_id"])
            changes = {"role": "staff", "password_hash": await self._passwords.hash(password)}
            await self._users.update(user["_id"], changes)
            log.info("staff account brought up to date")

    async def _new_user(self, email: str, password: str, role: Literal["customer", "staff"]) -> Document:
        hashed = await self._passwords.hash(password)
        return {
            "_id": uuid4().hex, "email": email, "password_hash": hashed, "role": role, "created_at": self._clock()
        }  # fmt: skip

    def _tokens(self, user: Document, family: str, secret: str) -> TokensOut:
        claims = {"sub": user["_id"], "role": user["role"], "email": user["email"], "aud": USER_AUDIENCE}
        return TokensOut(
            access_token=self._sign(claims),
            expires_in=self._settings.access_token_seconds,
            refresh_token=f"{family}.{secret}",
        )

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(self._clock().timestamp())
        return self._keys.sign({**claims, "iat": now, "exp": now + self._settings.access_token_seconds})


def _hash(token: str) -> str:
    # A fast hash is enough: the tokens are random and cannot be guessed.
    return hashlib.sha256(token.encode()).hexdigest()


def _shown(user: Document) -> UserOut:
    return UserOut(id=user["_id"], email=user["email"], role=user["role"])
