"""How one service proves itself to another."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from app.shared.service_tokens import ServiceAuth

pytestmark = pytest.mark.anyio


class Auth:
    """Gives numbered tokens of 900 s."""

    def __init__(self, *, fails: int = 0) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self._fails = fails

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.forms.append(parse_qs(request.content.decode()))
        if len(self.forms) <= self._fails:
            return httpx.Response(503)
        return httpx.Response(200, json={"access_token": f"token-{len(self.forms)}", "expires_in": 900})


class Setup:
    """A client of products whose calls carry tokens of `auth`."""

    def __init__(self, auth: Auth, refused: set[str] | None = None) -> None:
        self.now = 0.0
        self.seen: list[str] = []
        self._refused = refused or set()
        to_auth = httpx.AsyncClient(base_url="http://auth", transport=httpx.MockTransport(auth))
        proof = ServiceAuth(
            to_auth,
            client_id="orders",
            client_secret=SecretStr("the secret"),
            audience="products",
            clock=lambda: self.now,
        )
        self.client = httpx.AsyncClient(
            base_url="http://products", transport=httpx.MockTransport(self._answer), auth=proof
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        return httpx.Response(401 if token in self._refused else 200)


async def test_a_token_is_asked_for_once_by_many_calls_at_once() -> None:
    auth = Auth()
    setup = Setup(auth)
    await asyncio.gather(*(setup.client.get("/x") for _ in range(10)))
    assert setup.seen == ["token-1"] * 10
    expected: dict[str, Any] = {
        "grant_type": ["client_credentials"],
        "client_id": ["orders"],
        "client_secret": ["the secret"],
        "audience": ["products"],
    }
    assert auth.forms == [expected]


async def test_a_token_is_renewed_a_minute_before_it_expires() -> None:
    setup = Setup(Auth())
    for setup.now in (0.0, 839.0, 841.0):
        await setup.client.get("/x")
    assert setup.seen == ["token-1", "token-1", "token-2"]


async def test_a_refused_token_is_renewed_once_and_the_call_repeated() -> None:
    setup = Setup(Auth(), refused={"token-1"})
    assert (await setup.client.get("/x")).status_code == 200
    assert setup.seen == ["token-1", "token-2"]


async def test_a_call_that_stays_refused_is_not_repeated_for_ever() -> None:
    setup = Setup(Auth(), refused={"token-1", "token-2"})
    assert (await setup.client.get("/x")).status_code == 401
    assert setup.seen == ["token-1", "token-2"]


async def test_no_token_means_no_call_and_the_next_call_asks_again() -> None:
    setup = Setup(Auth(fails=1))
    with pytest.raises(httpx.HTTPStatusError):
        await setup.client.get("/x")
    assert setup.seen == []
    assert (await setup.client.get("/x")).status_code == 200
