"""How one of our services proves itself to another: client credentials at auth, and the token on each call."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import httpx
from pydantic import SecretStr

_EARLY_SECONDS = 60


class ServiceAuth(httpx.Auth):
    """Puts a service token for one audience on every request of a client, renewed a minute before it expires.

    Tokens are asked for by one request at a time; a 401 renews once, for a key that was withdrawn. Errors of the token
    request are `httpx.HTTPError` from the call that needed the token.
    """

    requires_response_body = False

    def __init__(
        self,
        auth: httpx.AsyncClient,
        *,
        client_id: str,
        client_secret: SecretStr,
        audience: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "audience": audience}
        self._secret = client_secret
        self._clock = clock
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send with a token; after a 401 once more with a new one."""
        token = await self._get()
        request.headers["Authorization"] = f"Bearer {token}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {await self._get(refused=token)}"
            yield request

    async def _get(self, refused: str = "") -> str:
        async with self._asking:
            if self._clock() >= self._good_until or self._token == refused:
                form = {**self._form, "client_secret": self._secret.get_secret_value()}
                answer = await self._auth.post("/auth/token", data=form)
                answer.raise_for_status()
                granted: dict[str, Any] = answer.json()
                self._token = str(granted["access_token"])
                self._good_until = self._clock() + float(granted["expires_in"]) - _EARLY_SECONDS
            return self._token
