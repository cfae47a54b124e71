"""Signing keys over time and over replicas."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from pymongo import AsyncMongoClient

from app.auth.keys import Keys
from app.auth.repository import KeyRepository
from app.shared.errors import Unavailable
from app.shared.mongo import Database, Document
from app.shared.tokens import Verifier
from tests.support import ISSUER
from tests.unit.app.auth.conftest import MakeSettings

pytestmark = pytest.mark.anyio

ROTATION, LEAD, LIFE = 10_000, 1000, 900


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
async def ring(make_settings: MakeSettings) -> AsyncIterator["Ring"]:
    made = Ring(make_settings)
    async with made.client:
        yield made


class Ring:
    """Makes replicas that share a database and a clock."""

    def __init__(self, make_settings: MakeSettings) -> None:
        self.clock = Clock()
        self._make_settings = make_settings
        settings = make_settings()
        client: AsyncMongoClient[Document] = AsyncMongoClient(settings.mongodb_uri.get_secret_value(), tz_aware=True)
        self.client = client
        self.database: Database = client.get_default_database()

    def replica(self, **changes: object) -> Keys:
        settings = self._make_settings(key_rotation_seconds=ROTATION, key_lead_seconds=LEAD, **changes)
        return Keys(KeyRepository(self.database), settings, self.clock)


def kid(keys: Keys) -> str:
    found: str = jwt.get_unverified_header(keys.sign({"sub": "x"}))["kid"]
    return found


async def published(keys: Keys) -> list[str]:
    return [key["kid"] for key in (await keys.jwks())["keys"]]


async def test_replicas_that_start_together_agree_on_one_key(ring: Ring) -> None:
    replicas = [ring.replica() for _ in range(8)]
    await asyncio.gather(*(replica.refresh() for replica in replicas))
    assert len({kid(replica) for replica in replicas}) == 1
    assert await ring.database["signing_keys"].count_documents({}) == 1


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays_while_its_tokens_live(ring: Ring) -> None:
    keys = ring.replica()
    await keys.refresh()
    old = kid(keys)
    ring.clock.forward(ROTATION - LEAD)
    await keys.refresh()
    assert kid(keys) == old
    new = (await published(keys))[-1]
    assert new != old
    ring.clock.forward(LEAD)
    await keys.refresh()
    assert (kid(keys), await published(keys)) == (new, [old, new])
    ring.clock.forward(LIFE + 60)
    await keys.refresh()
    assert await published(keys) == [new]


async def test_two_replicas_rotating_at_once_make_one_next_key_and_switch_together(ring: Ring) -> None:
    one, two = ring.replica(), ring.replica()
    await asyncio.gather(one.refresh(), two.refresh())
    for _ in range(3):
        ring.clock.forward(ROTATION - LEAD)
        await asyncio.gather(one.refresh(), two.refresh())
        assert await published(one) == await published(two)
        ring.clock.forward(LEAD)
        # Neither has looked again, yet both switch: when a key signs is part of the key.
        assert kid(one) == kid(two) == (await published(one))[-1]


async def test_a_token_of_the_old_key_verifies_until_it_expires(ring: Ring, make_settings: MakeSettings) -> None:
    keys = ring.replica()
    await keys.refresh()
    now = int(datetime.now(UTC).timestamp())
    claims = {"sub": "u", "role": "customer", "aud": ["orders"], "iat": now, "exp": now + LIFE}
    token = keys.sign(claims)
    ring.clock.forward(ROTATION - LEAD)
    await keys.refresh()
    ring.clock.forward(LEAD + LIFE)
    await keys.refresh()
    caller = await Verifier(issuer=ISSUER, audience="orders", source=keys.jwks).verify(token)
    assert caller.id == "u"


async def test_the_private_part_is_encrypted_in_the_database(ring: Ring) -> None:
    keys = ring.replica()
    await keys.refresh()
    stored = await ring.database["signing_keys"].find_one({})
    assert stored is not None
    raw = keys._ring[0].private.private_bytes_raw()
    assert raw not in stored["sealed"]
    assert set(stored) == {"_id", "kid", "signs_from", "sealed"}


async def test_another_encryption_secret_is_told_apart_from_no_key(ring: Ring) -> None:
    await ring.replica().refresh()
    with pytest.raises(ValueError, match=r"key 1 cannot be decrypted with signing_key_encryption.*Restore that secret"):
        await ring.replica(signing_key_encryption="another secret of 32 characters!").refresh()


async def test_nothing_is_signed_before_keys_are_loaded(ring: Ring) -> None:
    with pytest.raises(Unavailable, match="No signing key yet"):
        ring.replica().sign({})
