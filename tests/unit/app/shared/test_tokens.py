"""Verification of access tokens, and who may call what."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
import pytest

from app.shared.errors import Unauthorized, Unavailable
from app.shared.tokens import UNKNOWN_KEY_SECONDS, Verifier, public_keys
from tests.support import ISSUER, TokenMaker

pytestmark = pytest.mark.anyio


def verifier(source: TokenMaker, **changes: Any) -> Verifier:
    values: dict[str, Any] = {"issuer": ISSUER, "audience": "orders", "source": source.keys}
    return Verifier(**(values | changes))


async def test_a_valid_token_gives_its_caller(tokens: TokenMaker) -> None:
    caller = await verifier(tokens).verify(tokens.token("u1"))
    assert (caller.id, caller.role, caller.email) == ("u1", "customer", "u1@example.com")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://elsewhere/auth"},
        {"aud": ["products"]},
        {"aud": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"role": "admin"},
        {"role": None},
    ],
)
async def test_a_token_with_a_wrong_or_missing_claim_is_refused(tokens: TokenMaker, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        await verifier(tokens).verify(tokens.token(**claims))


@pytest.mark.parametrize("token", ["", "a.b.c", "not a token", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_not_a_token_is_refused(tokens: TokenMaker, token: str) -> None:
    with pytest.raises(Unauthorized):
        await verifier(tokens).verify(token)


async def test_only_our_algorithm_and_our_kind_of_token_pass(tokens: TokenMaker) -> None:
    claims = jwt.decode(tokens.token(), options={"verify_signature": False})
    headers = {"kid": tokens.kid, "typ": "at+jwt"}
    shared_secret = jwt.encode(claims, "s" * 32, "HS256", headers=headers)
    unsigned = jwt.encode(claims, "", "none", headers=headers)
    plain_type = jwt.encode(claims, tokens._private, "EdDSA", headers={"kid": tokens.kid})
    for token in (shared_secret, unsigned, plain_type):
        with pytest.raises(Unauthorized):
            await verifier(tokens).verify(token)


async def test_another_key_with_a_known_id_is_refused(tokens: TokenMaker) -> None:
    forger = TokenMaker(kid=tokens.kid)
    with pytest.raises(Unauthorized):
        await verifier(tokens).verify(forger.token())


async def test_keys_are_fetched_once_for_many_callers_at_once() -> None:
    maker = TokenMaker()
    known = verifier(maker)
    await asyncio.gather(*(known.verify(maker.token()) for _ in range(20)))
    assert maker.fetches == 1


async def test_unknown_key_ids_cannot_make_us_ask_auth_over_and_over() -> None:
    maker, now = TokenMaker(), 1000.0
    known = verifier(maker, clock=lambda: now)
    await known.refresh()
    forger = TokenMaker(kid="invented")
    for _ in range(5):
        with pytest.raises(Unauthorized):
            await known.verify(forger.token())
    assert maker.fetches == 1
    now += UNKNOWN_KEY_SECONDS
    with pytest.raises(Unauthorized):
        await known.verify(forger.token())
    assert maker.fetches == 2


async def test_a_new_key_is_learnt_from_its_first_token() -> None:
    old, new, now = TokenMaker("old"), TokenMaker("new"), 1000.0
    sources = [old]

    async def both() -> Mapping[str, Any]:
        return {"keys": [key for source in sources for key in (await source.keys())["keys"]]}

    known = Verifier(issuer=ISSUER, audience="orders", source=both, clock=lambda: now)
    await known.verify(old.token())
    sources.append(new)
    now += UNKNOWN_KEY_SECONDS
    assert (await known.verify(new.token("u2"))).id == "u2"
    assert (await known.verify(old.token("u1"))).id == "u1"


async def test_keys_stay_when_auth_is_away_and_nothing_is_ready_before_the_first() -> None:
    maker, away = TokenMaker(), True

    async def source() -> Mapping[str, Any]:
        if away:
            msg = "auth is away"
            raise httpx.ConnectError(msg)
        return await maker.keys()

    now = 1000.0
    known = Verifier(issuer=ISSUER, audience="orders", source=source, clock=lambda: now)
    with pytest.raises(Unavailable):
        await known.verify(maker.token())
    assert known.check() is not None
    away, now = False, now + UNKNOWN_KEY_SECONDS
    await known.verify(maker.token())
    assert known.check() is None
    away = True
    with pytest.raises(httpx.ConnectError):
        await known.refresh()
    await known.verify(maker.token())


def test_keys_of_other_kinds_are_passed_over() -> None:
    assert public_keys({"keys": [{"kty": "RSA", "kid": "r"}, {"kty": "OKP", "crv": "X25519", "kid": "x"}]}) == {}


@pytest.mark.parametrize(
    ("path", "allowed"), [("user", {"customer", "staff"}), ("staff", {"staff"}), ("service", {"service"})]
)
async def test_roles_open_their_doors_only(
    demo: httpx.AsyncClient, tokens: TokenMaker, path: str, allowed: set[str]
) -> None:
    for role in ("customer", "staff", "service"):
        headers = tokens.service("frontend", "orders") if role == "service" else tokens.bearer("u", role)
        status = (await demo.get(f"/demo/{path}", headers=headers)).status_code
        assert status == (200 if role in allowed else 403)
