"""The auth API, on a real server protocol and a real database."""

from typing import Any

import httpx
import jwt
import pytest

from app.auth.main import create_app
from app.shared.tokens import Caller, Verifier
from tests.support import ISSUER, started
from tests.unit.app.auth.conftest import ANA, CLIENT, STAFF, MakeSettings

pytestmark = pytest.mark.anyio


async def sign_in(auth: httpx.AsyncClient, who: dict[str, str] = ANA) -> dict[str, Any]:
    await auth.post("/auth/register", json=who)
    answer = await auth.post("/auth/login", json=who)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def verified(auth: httpx.AsyncClient, token: str, audience: str) -> Caller:
    async def keys() -> dict[str, object]:
        found: dict[str, object] = (await auth.get("/auth/jwks.json")).json()
        return found

    return await Verifier(issuer=ISSUER, audience=audience, source=keys).verify(token)


async def test_registering_gives_a_customer_without_the_password(auth: httpx.AsyncClient) -> None:
    answer = await auth.post("/auth/register", json={**ANA, "email": "Ana@Example.com"})
    assert answer.status_code == 201
    user = answer.json()["user"]
    assert (user["email"], user["role"]) == ("ana@example.com", "customer")
    assert set(user) == {"id", "email", "role"}
    assert answer.headers["cache-control"] == "no-store"


async def test_an_email_registers_once_whatever_its_case(auth: httpx.AsyncClient) -> None:
    await auth.post("/auth/register", json=ANA)
    answer = await auth.post("/auth/register", json={**ANA, "email": "ANA@example.com"})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/email-taken")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ana@example.com", "password": "too short"},
        {"email": "ana@example.com", "password": "x" * 129},
        {"email": "not an address", "password": "long enough password"},
        {"email": "ana@example.com"},
        {**ANA, "role": "staff"},
    ],
)
async def test_a_registration_that_is_not_valid_is_refused_without_echoing_the_password(
    auth: httpx.AsyncClient, body: dict[str, str]
) -> None:
    answer = await auth.post("/auth/register", json=body)
    assert answer.status_code == 422
    assert body.get("password", "too short") not in answer.text


async def test_a_sign_in_gives_tokens_that_every_audience_verifies(auth: httpx.AsyncClient) -> None:
    tokens = await sign_in(auth)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    for audience in ("frontend", "products", "orders"):
        caller = await verified(auth, tokens["access_token"], audience)
        assert (caller.role, caller.email) == ("customer", ANA["email"])


async def test_me_is_whose_token_it_is(auth: httpx.AsyncClient) -> None:
    tokens = await sign_in(auth)
    answer = await auth.get("/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.json()["email"], answer.json()["role"]) == (ANA["email"], "customer")


async def test_me_without_a_token_says_how_to_send_one(auth: httpx.AsyncClient) -> None:
    answer = await auth.get("/auth/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_unknown_account_and_wrong_password_answer_alike(auth: httpx.AsyncClient) -> None:
    await auth.post("/auth/register", json=ANA)
    wrong = await auth.post("/auth/login", json={**ANA, "password": "something else"})
    unknown = await auth.post("/auth/login", json={**ANA, "email": "nobody@example.com"})
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "trace_id": ""} == {**unknown.json(), "trace_id": ""}


async def test_a_refresh_token_works_once_and_its_second_use_ends_the_family(auth: httpx.AsyncClient) -> None:
    first = await sign_in(auth)
    second = await auth.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    replayed = await auth.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert replayed.status_code == 401
    afterwards = await auth.post("/auth/refresh", json={"refresh_token": second.json()["refresh_token"]})
    assert afterwards.status_code == 401


async def test_another_devices_family_survives_a_replay(auth: httpx.AsyncClient) -> None:
    stolen, other = await sign_in(auth), await sign_in(auth)
    for _ in range(2):
        await auth.post("/auth/refresh", json={"refresh_token": stolen["refresh_token"]})
    answer = await auth.post("/auth/refresh", json={"refresh_token": other["refresh_token"]})
    assert answer.status_code == 200


async def test_a_signed_out_device_cannot_refresh(auth: httpx.AsyncClient) -> None:
    tokens = await sign_in(auth)
    for _ in range(2):
        assert (await auth.post("/auth/logout", json={"refresh_token": tokens["refresh_token"]})).status_code == 204
    answer = await auth.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 401


async def test_staff_is_seeded_and_nobody_registers_its_address(auth: httpx.AsyncClient) -> None:
    assert (await auth.post("/auth/register", json=STAFF)).status_code == 409
    tokens = await sign_in(auth, STAFF)
    assert (await verified(auth, tokens["access_token"], "products")).role == "staff"


async def test_a_new_staff_password_takes_over_at_the_next_start_and_ends_old_sessions(
    auth: httpx.AsyncClient, make_settings: MakeSettings
) -> None:
    before = await sign_in(auth, STAFF)
    async with started(create_app(make_settings(staff_password="another staff password"))) as later:
        assert (await later.post("/auth/login", json=STAFF)).status_code == 401
        changed = {**STAFF, "password": "another staff password"}
        assert (await later.post("/auth/login", json=changed)).status_code == 200
        refreshed = await later.post("/auth/refresh", json={"refresh_token": before["refresh_token"]})
        assert refreshed.status_code == 401


async def test_a_service_gets_a_token_for_one_audience(auth: httpx.AsyncClient) -> None:
    answer = await auth.post("/auth/token", data=CLIENT)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    caller = await verified(auth, token, "products")
    assert (caller.id, caller.role) == ("service:orders", "service")
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == ["products"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "guess"}, 401),
        ({"client_id": "frontend"}, 401),
        ({"grant_type": "password"}, 400),
        ({"audience": "everything"}, 400),
    ],
)
async def test_a_service_token_needs_the_right_client_grant_and_audience(
    auth: httpx.AsyncClient, change: dict[str, str], status: int
) -> None:
    assert (await auth.post("/auth/token", data=CLIENT | change)).status_code == status


async def test_a_services_token_is_not_a_persons(auth: httpx.AsyncClient) -> None:
    token = (await auth.post("/auth/token", data={**CLIENT, "audience": "auth"})).json()["access_token"]
    answer = await auth.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_the_jwks_is_public_and_cacheable_and_holds_no_private_part(auth: httpx.AsyncClient) -> None:
    answer = await auth.get("/auth/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert [set(key) for key in answer.json()["keys"]] == [{"kty", "crv", "use", "alg", "kid", "x"}]


async def test_guessing_is_slowed_per_email_from_any_address(make_settings: MakeSettings) -> None:
    async with started(create_app(make_settings(login_per_minute_email=3))) as auth:
        statuses = []
        for number in range(5):
            headers = {"X-Forwarded-For": f"203.0.113.{number}"}
            statuses.append((await auth.post("/auth/login", json=ANA, headers=headers)).status_code)
        assert statuses == [401, 401, 401, 429, 429]


async def test_guessing_is_slowed_per_address_as_our_own_proxy_saw_it(make_settings: MakeSettings) -> None:
    async with started(create_app(make_settings(login_per_minute_address=3))) as auth:
        answers = []
        for number in range(5):
            body = {**ANA, "email": f"user{number}@example.com"}
            headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
            answers.append(await auth.post("/auth/login", json=body, headers=headers))
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        elsewhere = await auth.post("/auth/login", json=ANA, headers={"X-Forwarded-For": "203.0.113.10"})
        assert elsewhere.status_code == 401
