"""Access tokens as a service sees them: keys from the auth service's JWKS, verification, and who may call a route."""

import asyncio
import base64
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.shared import tasks
from app.shared.errors import Forbidden, Unauthorized, Unavailable
from app.shared.telemetry import http_client

log = logging.getLogger(__name__)

Role = Literal["customer", "staff", "service"]
Jwks = Mapping[str, Any]
KeySource = Callable[[], Awaitable[Jwks]]

ALGORITHM = "EdDSA"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068; keeps other JWTs of the same key from passing as access tokens
LEEWAY_SECONDS = 10
REFRESH_SECONDS = 300
UNKNOWN_KEY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a verified token speaks for: a user (`id`, `email`) or a service (`id` is `service:<name>`)."""

    id: str
    role: Role
    email: str | None = None


def public_keys(jwks: Jwks) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 signature keys of a JWKS by `kid`; keys of other kinds are passed over."""
    found = {}
    for key in jwks["keys"]:
        if (key.get("kty"), key.get("crv"), key.get("use", "sig")) == ("OKP", "Ed25519", "sig"):
            raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
            found[str(key["kid"])] = Ed25519PublicKey.from_public_bytes(raw)
    return found


class Verifier:
    """Verifies tokens meant for one audience. Keys are fetched by one caller at a time and kept while none can be had.

    An unknown `kid` asks for the keys again, at most every `UNKNOWN_KEY_SECONDS`, so forged ids cannot flood auth.
    """

    def __init__(
        self, *, issuer: str, audience: str, source: KeySource, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._source = source
        self._clock = clock
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._tried_at = -UNKNOWN_KEY_SECONDS * 2.0
        self._fetching = asyncio.Lock()

    async def refresh(self) -> None:
        """Fetch the keys now; call it every `REFRESH_SECONDS`. Raises what the source raises and keeps the old keys."""
        self._tried_at = self._clock()
        keys = public_keys(await self._source())
        if not keys:
            msg = "jwks: no Ed25519 signature key in it, at least one is required. Look at the auth service's log."
            raise ValueError(msg)
        self._keys = keys

    def check(self) -> str | None:
        """A `Health` check: ready once keys have been loaded."""
        return None if self._keys else "tokens: no verification keys have been loaded from auth"

    async def verify(self, token: str) -> Caller:
        """The caller; raises `Unauthorized`, or `Unavailable` while no key could ever be loaded."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise Unauthorized(_INVALID) from error
        if header.get("typ") != TOKEN_TYPE:
            raise Unauthorized(_INVALID)
        key = await self._key(str(header.get("kid")))
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            msg = "The access token has expired. Refresh it."
            raise Unauthorized(msg) from error
        except jwt.InvalidTokenError as error:
            raise Unauthorized(_INVALID) from error
        if claims.get("role") not in get_args(Role):
            raise Unauthorized(_INVALID)
        return Caller(claims["sub"], claims["role"], claims.get("email"))

    async def _key(self, kid: str) -> Ed25519PublicKey:
        if kid not in self._keys:
            async with self._fetching:
                if kid not in self._keys and self._clock() - self._tried_at >= UNKNOWN_KEY_SECONDS:
                    try:
                        await self.refresh()
                    except Exception:
                        log.exception("verification keys could not be fetched")
        if kid in self._keys:
            return self._keys[kid]
        if not self._keys:
            msg = "No verification keys yet. Try again."
            raise Unavailable(msg)
        raise Unauthorized(_INVALID)


_INVALID = "The access token is not valid here. Sign in again."


def jwks_of(auth_url: str) -> KeySource:
    """Fetches the keys from the auth service over HTTP; raises `httpx.HTTPError`."""

    async def fetch() -> Jwks:
        async with http_client(auth_url) as client:
            answer = await client.get("/auth/jwks.json")
            answer.raise_for_status()
            jwks: Jwks = answer.json()
            return jwks

    return fetch


async def keep_fresh(verifier: Verifier) -> None:
    """Load the keys as soon as auth has any, then again and again: a task for the lifespan."""
    await tasks.until_success("tokens.keys", verifier.refresh)
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await tasks.attempt("tokens.keys", verifier.refresh)


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="Access token from /auth/login or /auth/token.")


async def caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    """Whoever's valid token came; the application keeps its `Verifier` in `app.state.verifier`."""
    if credentials is None:
        msg = "An access token is required. Send it as Authorization: Bearer."
        raise Unauthorized(msg)
    verifier: Verifier = request.app.state.verifier
    return await verifier.verify(credentials.credentials)


async def user(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """A person: customer or staff."""
    if who.role == "service":
        msg = "This is for people; a service's token is not enough."
        raise Forbidden(msg)
    return who


async def staff(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """A member of the shop's staff."""
    if who.role != "staff":
        msg = "This is for the shop's staff."
        raise Forbidden(msg)
    return who


async def service(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """One of our services."""
    if who.role != "service":
        msg = "This is for the shop's own services."
        raise Forbidden(msg)
    return who


User = Annotated[Caller, Depends(user)]
Staff = Annotated[Caller, Depends(staff)]
Service = Annotated[Caller, Depends(service)]
