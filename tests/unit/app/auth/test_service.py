"""Sessions under concurrency, and passwords."""

import asyncio

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import MOST_WAITING, Passwords
from app.shared.errors import Unavailable
from tests.unit.app.auth.conftest import ANA

pytestmark = pytest.mark.anyio


async def test_of_many_uses_of_one_refresh_token_at_once_at_most_one_succeeds(auth: httpx.AsyncClient) -> None:
    await auth.post("/auth/register", json=ANA)
    token = (await auth.post("/auth/login", json=ANA)).json()["refresh_token"]
    answers = await asyncio.gather(*(auth.post("/auth/refresh", json={"refresh_token": token}) for _ in range(10)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [401] * 9
    winner = next(answer for answer in answers if answer.status_code == 200).json()["refresh_token"]
    assert (await auth.post("/auth/refresh", json={"refresh_token": winner})).status_code == 401


async def test_of_many_registrations_of_one_email_at_once_one_succeeds(auth: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(auth.post("/auth/register", json=ANA) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_hashes_follow_the_owasp_parameters_and_match_only_their_password() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("correct horse battery")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify("correct horse battery", hashed) == (True, None)
    assert await passwords.verify("wrong horse battery", hashed) == (False, None)


async def test_an_unknown_account_never_matches_not_even_the_stand_in_password() -> None:
    assert await Passwords().verify("nobody has this password", None) == (False, None)


async def test_an_old_hash_is_renewed_when_its_password_comes() -> None:
    old = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash("correct horse battery")
    matches, renewed = await Passwords().verify("correct horse battery", old)
    assert matches
    assert renewed is not None
    assert "m=19456,t=2,p=1" in renewed


async def test_a_queue_for_hashing_that_is_too_long_is_refused_at_once() -> None:
    passwords = Passwords()
    passwords._inside = MOST_WAITING
    with pytest.raises(Unavailable, match="Too many people are signing in"):
        await passwords.hash("x")
