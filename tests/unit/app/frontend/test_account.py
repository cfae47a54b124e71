"""Tokens: refreshed once however many ask, and a login that ended is told, never an error."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.frontend.account import CLAIM_SECONDS, ENDED, Account
from app.frontend.errors import LoginRequired, ServiceDown
from app.frontend.repository import Sessions
from app.frontend.visitor import Seal, Visitor
from app.shared.errors import Unauthorized
from tests.conftest import DatabaseUri
from tests.unit.app.frontend.browser import EMAIL, PASSWORD, Browser
from tests.unit.app.frontend.fakes import Town, town

pytestmark = pytest.mark.anyio


class Clock:
    """A time that only tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Pod:
    """One pod's account and sessions over the shared database, with a visitor logged in."""

    def __init__(self, shop: Town, clock: Clock) -> None:
        self.clock = clock
        self.auth = shop.auth
        self.sessions = Sessions(shop.app.state.sessions._sessions.database, days=14, now=clock)
        self.waits = 0
        self.account = Account(shop.auth, self.sessions, now=clock, sleep=self._sleep)

    async def _sleep(self, _: float) -> None:
        self.waits += 1
        await asyncio.sleep(0.01)

    async def visitor(self, session_id: str) -> Visitor:
        """The visitor as a new request finds them."""
        session = await self.sessions.find(session_id)
        assert session is not None
        return Visitor(Seal("x"), session_id, session, stored=True)

    async def token(self, session_id: str) -> str:
        """The token a call of this session would be made with."""
        return await self.account.call(await self.visitor(session_id), _echo)


async def _echo(token: str) -> str:
    return token


@pytest.fixture
async def pod(shop: Town) -> Pod:
    return Pod(shop, Clock())


@pytest.fixture
async def session_id(pod: Pod) -> str:
    """The id of a session that is logged in for 900 seconds."""
    visitor = Visitor(Seal("x"))
    await pod.account.register(visitor, EMAIL, PASSWORD)
    assert visitor.session_id is not None
    return visitor.session_id


@pytest.fixture
async def other_pod(shop: Town, pod: Pod) -> Pod:
    """A second pod with the same services and database."""
    return Pod(shop, pod.clock)


async def test_a_token_is_used_until_a_minute_before_its_end(pod: Pod, session_id: str) -> None:
    pod.clock.forward(839)
    assert await pod.token(session_id) == "access-1"
    pod.clock.forward(2)
    assert await pod.token(session_id) == "access-2"
    assert await pod.token(session_id) == "access-2"
    assert pod.auth.refreshes == 1


async def test_many_tabs_on_two_pods_refresh_once(pod: Pod, other_pod: Pod, session_id: str) -> None:
    pod.clock.forward(2000)
    tokens = await asyncio.gather(*(each.token(session_id) for each in (pod, other_pod) * 5))
    assert set(tokens) == {"access-2"}
    assert pod.auth.refreshes == 1


async def test_while_another_refreshes_the_old_token_is_used_as_long_as_it_lasts(pod: Pod, session_id: str) -> None:
    pod.clock.forward(850)
    assert await pod.sessions.claim_refresh(session_id, "another", 60) is not None
    assert await pod.token(session_id) == "access-1"
    assert (pod.waits, pod.auth.refreshes) == (0, 0)


async def test_a_pod_that_died_while_refreshing_blocks_nobody_for_long(pod: Pod, session_id: str) -> None:
    pod.clock.forward(2000)
    assert await pod.sessions.claim_refresh(session_id, "dead", CLAIM_SECONDS) is not None
    pod.clock.forward(CLAIM_SECONDS + 1)
    assert await pod.token(session_id) == "access-2"


async def test_waiting_for_another_ends_in_a_sentence(pod: Pod, session_id: str) -> None:
    pod.clock.forward(2000)
    await pod.sessions.claim_refresh(session_id, "slow", 60)
    with pytest.raises(ServiceDown, match="Logging in and registering have to wait"):
        await pod.token(session_id)
    assert pod.waits == 60


async def test_auth_being_away_near_the_end_of_a_token_is_not_noticed(shop: Town, pod: Pod, session_id: str) -> None:
    pod.clock.forward(850)
    with shop.without(shop.auth):
        assert await pod.token(session_id) == "access-1"
    assert await pod.token(session_id) == "access-2"


async def test_auth_being_away_after_the_end_is_told_and_the_login_survives(
    shop: Town, pod: Pod, session_id: str
) -> None:
    pod.clock.forward(2000)
    with shop.without(shop.auth), pytest.raises(ServiceDown):
        await pod.token(session_id)
    assert await pod.token(session_id) == "access-2"


async def test_a_refused_refresh_logs_out_and_keeps_the_basket(shop: Town, browser: Browser) -> None:
    await browser.open("/item/breakfast-bowl-oat")
    await browser.send("/basket", quantity="2")
    shop.auth.lifetime = 1
    await browser.register()
    shop.auth.live.clear()
    page = await browser.open("/my-orders")
    assert page.path == "/login?next=%2Fmy-orders"
    assert ENDED.text in page.text
    assert "€48.00" in (await browser.open("/basket")).text
    shop.auth.lifetime = 900
    await browser.open("/login?next=/my-orders")
    assert (await browser.send("/login", email=EMAIL, password=PASSWORD)).path == "/my-orders"


async def test_a_token_that_orders_refuses_logs_out(pod: Pod, session_id: str) -> None:
    visitor = await pod.visitor(session_id)

    async def refuse(_: str) -> None:
        raise Unauthorized

    with pytest.raises(LoginRequired):
        await pod.account.call(visitor, refuse)
    session = await pod.sessions.find(session_id)
    assert session is not None
    assert (session.login, session.notice) == (None, ENDED)


async def test_a_late_refusal_does_not_end_a_newer_login(pod: Pod, session_id: str) -> None:
    late = await pod.visitor(session_id)
    pod.clock.forward(2000)
    assert await pod.token(session_id) == "access-2"
    with pytest.raises(LoginRequired):
        await pod.account.call(Visitor(Seal("x")), _echo)
    assert late.session.login is not None
    await pod.sessions.end_login(session_id, late.session.login.refresh_token, ENDED)
    assert await pod.token(session_id) == "access-2"


async def test_logging_in_again_ends_the_earlier_login(database_uri: DatabaseUri) -> None:
    async with town(database_uri("frontend")) as shop:
        pod = Pod(shop, Clock())
        visitor = Visitor(Seal("x"))
        await pod.account.register(visitor, EMAIL, PASSWORD)
        first = visitor.session_id
        await pod.account.login(visitor, EMAIL, PASSWORD)
        assert visitor.session_id != first
        assert first is not None
        assert await pod.sessions.find(first) is None
        assert list(shop.auth.live) == ["refresh-2"]
