"""Sessions as they are stored."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import AsyncMongoClient

from app.frontend.repository import BasketLine, LastOrder, Login, Notice, Session, Sessions
from app.shared.mongo import Document
from tests.conftest import DatabaseUri

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOWL = BasketLine(quantity=2, name="Bowl", slug="bowl", price_cents=2400)
HELLO = Notice(tone="good", text="Hello.")


class Kept:
    """Sessions at a time that tests move."""

    def __init__(self, client: AsyncMongoClient[Document]) -> None:
        self.now = NOW
        self.database = client.get_default_database()
        self.sessions = Sessions(self.database, days=14, now=lambda: self.now)

    async def documents(self) -> list[Document]:
        return await self.database["sessions"].find().to_list()


@pytest.fixture
async def kept(database_uri: DatabaseUri) -> AsyncIterator[Kept]:
    async with AsyncMongoClient[Document](database_uri("frontend"), tz_aware=True, timeoutMS=5000) as client:
        made = Kept(client)
        await made.sessions.prepare()
        yield made


async def test_a_session_is_stored_under_a_hash_of_its_id_until_it_ends(kept: Kept) -> None:
    await kept.sessions.put_line("secret-id", "p1", BOWL)
    (document,) = await kept.documents()
    assert document["_id"] == hashlib.sha256(b"secret-id").hexdigest()
    assert "secret-id" not in str(document)
    assert document["expires_at"] == NOW + timedelta(days=14)
    indexes = await kept.database["sessions"].index_information()
    assert indexes["ended"]["expireAfterSeconds"] == 0


async def test_a_session_that_ended_is_not_found_and_not_revived(kept: Kept) -> None:
    login = Login(email="a@b.example", access_token="a", refresh_token="r", access_until=NOW)
    await kept.sessions.start("one", Session(basket={"p1": BOWL}, login=login))
    kept.now += timedelta(days=14, seconds=1)
    assert await kept.sessions.find("one") is None
    await kept.sessions.notify("one", HELLO)
    found = await kept.sessions.find("one")
    assert found is not None
    assert (found.basket, found.login, found.notice) == ({}, None, HELLO)


async def test_a_session_in_use_is_prolonged_once_a_day(kept: Kept) -> None:
    await kept.sessions.put_line("one", "p1", BOWL)
    for days in range(1, 60):
        kept.now = NOW + timedelta(days=days, minutes=days)
        found = await kept.sessions.find("one")
        assert found is not None
        assert found.prolonged
        again = await kept.sessions.find("one")
        assert again is not None
        assert not again.prolonged


async def test_tabs_that_add_at_once_lose_nothing(kept: Kept) -> None:
    await asyncio.gather(*(kept.sessions.put_line("one", f"p{number}", BOWL) for number in range(8)))
    found = await kept.sessions.find("one")
    assert found is not None
    assert set(found.basket) == {f"p{number}" for number in range(8)}


async def test_changing_a_line_that_was_removed_does_not_bring_half_of_it_back(kept: Kept) -> None:
    await kept.sessions.put_line("one", "p1", BOWL)
    await kept.sessions.remove_lines("one", ["p1"])
    await kept.sessions.set_quantity("one", "p1", 3)
    found = await kept.sessions.find("one")
    assert found is not None
    assert found.basket == {}


async def test_an_order_takes_its_lines_out_of_the_basket_only(kept: Kept) -> None:
    for product_id in ("p1", "p2"):
        await kept.sessions.put_line("one", product_id, BOWL)
    order = LastOrder(key="k", order_id="o")
    await kept.sessions.remember_order("one", order, ["p1"])
    found = await kept.sessions.find("one")
    assert found is not None
    assert (list(found.basket), found.last_order) == (["p2"], order)


async def test_a_notice_is_kept_until_it_was_shown(kept: Kept) -> None:
    await kept.sessions.notify("one", HELLO)
    await kept.sessions.forget_notice("one")
    found = await kept.sessions.find("one")
    assert found is not None
    assert found.notice is None


async def test_only_one_may_refresh_and_only_the_owner_gives_back(kept: Kept) -> None:
    login = Login(email="a@b.example", access_token="a", refresh_token="r", access_until=NOW)
    await kept.sessions.start("one", Session(login=login))
    claims = await asyncio.gather(*(kept.sessions.claim_refresh("one", f"owner-{n}", 10) for n in range(6)))
    assert [each for each in claims if each] == [login]
    await kept.sessions.finish_refresh("one", "somebody else", login.model_copy(update={"access_token": "stolen"}))
    assert await kept.sessions.claim_refresh("one", "late", 10) is None
    await kept.sessions.finish_refresh(
        "one", f"owner-{claims.index(login)}", login.model_copy(update={"access_token": "b"})
    )
    claimed = await kept.sessions.claim_refresh("one", "next", 10)
    assert claimed is not None
    assert claimed.access_token == "b"


async def test_nobody_refreshes_a_session_without_login(kept: Kept) -> None:
    await kept.sessions.put_line("one", "p1", BOWL)
    assert await kept.sessions.claim_refresh("one", "owner", 10) is None
    assert await kept.sessions.claim_refresh("none", "owner", 10) is None


async def test_an_ended_session_is_gone(kept: Kept) -> None:
    await kept.sessions.put_line("one", "p1", BOWL)
    await kept.sessions.end("one")
    assert await kept.documents() == []
