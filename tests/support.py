"""What tests of several services share: tokens signed as the auth service signs them, and a started application."""

import base64
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from app.shared.tokens import ALGORITHM, TOKEN_TYPE

PUBLIC_URL = "http://localhost:8080"
ISSUER = f"{PUBLIC_URL}/auth"
USER_AUDIENCE = ["frontend", "products", "orders"]


class TokenMaker:
    """Stands in for the auth service: `keys` is a `KeySource` for `create_app(..., keys=...)`."""

    def __init__(self, kid: str = "test-key") -> None:
        self.kid = kid
        self.fetches = 0
        self._private = Ed25519PrivateKey.generate()

    async def keys(self) -> Mapping[str, Any]:
        """The JWKS; `fetches` counts how often it was asked for."""
        self.fetches += 1
        raw = self._private.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x}]}

    def token(self, sub: str = "user-1", role: str = "customer", **claims: Any) -> str:
        """A token good for 15 minutes; any claim can be replaced, `None` leaves it out."""
        now = int(time.time())
        made = {
            "iss": ISSUER,
            "sub": sub,
            "aud": USER_AUDIENCE,
            "role": role,
            "email": f"{sub}@example.com",
            "iat": now,
            "exp": now + 900,
            **claims,
        }
        kept = {name: value for name, value in made.items() if value is not None}
        return jwt.encode(kept, self._private, ALGORITHM, headers={"kid": self.kid, "typ": TOKEN_TYPE})

    def bearer(self, sub: str = "user-1", role: str = "customer", **claims: Any) -> dict[str, str]:
        """Headers of a signed-in caller."""
        return {"Authorization": f"Bearer {self.token(sub, role, **claims)}"}

    def service(self, name: str, audience: str) -> dict[str, str]:
        """Headers of one of our services calling another."""
        return self.bearer(f"service:{name}", "service", aud=[audience], email=None)


@asynccontextmanager
async def started(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its lifespan running and ready for traffic, and a client that calls it in process."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        with anyio.fail_after(20):
            while app.state.health.reasons():  # noqa: ASYNC110 - readiness is asked for, never announced
                await anyio.sleep(0.02)
        yield client
