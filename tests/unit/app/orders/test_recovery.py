import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pymongo import AsyncMongoClient

from app.orders.products import ProductsUnavailable, UnexpectedAnswer
from app.orders.recovery import Recovery
from app.shared.errors import ApiError
from app.shared.mongo import Document
from tests.unit.app.orders.support import KEY, LIMITS, USER, Crash, FakeProducts, Faults, Outage, Shop, lines

pytestmark = pytest.mark.anyio

Scenario = Callable[[Shop], Awaitable[None]]


async def place(shop: Shop) -> None:
    with suppress(ApiError):
        await shop.pod().place(USER, KEY, lines(lamp=2))


async def place_too_many(shop: Shop) -> None:
    with suppress(ApiError):
        await shop.pod().place(USER, KEY, lines(lamp=2, vase=9))


async def place_and_confirm(shop: Shop) -> None:
    await place(shop)
    await Recovery(shop.pod()).sweep()


async def place_and_cancel(shop: Shop) -> None:
    order = await shop.pod().place(USER, KEY, lines(lamp=2))
    await shop.pod().cancel(USER, order.id)


async def place_confirm_and_cancel(shop: Shop) -> None:
    await place_and_confirm(shop)
    for order in await shop.orders():
        await shop.pod().cancel(USER, order.id)


async def place_after_an_outage(shop: Shop) -> None:
    shop.products.outage = "after"
    try:
        await place(shop)
    finally:
        shop.products.outage = None
    shop.clock.pass_(timedelta(minutes=1))
    await place(shop)


SCENARIOS = [
    place,
    place_too_many,
    place_and_confirm,
    place_and_cancel,
    place_confirm_and_cancel,
    place_after_an_outage,
]
FEWEST_POINTS = {
    "place": 6, "place_too_many": 5, "place_and_confirm": 14, "place_and_cancel": 12, "place_confirm_and_cancel": 20,
    "place_after_an_outage": 10,
}  # fmt: skip


@pytest.fixture
async def crash_at(shop: Shop) -> Callable[[Scenario, int], Awaitable[bool]]:
    """Runs a scenario in a new shop and kills the pod at a point; False when the scenario ends before that point."""

    async def run(scenario: Scenario, point: int) -> bool:
        await shop.database["orders"].delete_many({})
        shop.products = FakeProducts(**shop.units)
        shop.products.faults.crash_at = point
        try:
            await scenario(shop)
        except Crash:
            return True
        return False

    return run


class TestCrash:
    """Wherever a pod dies, the other pods' loops bring stock and orders to agreement, and the key gets one answer."""

    @pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
    async def test_at_every_point_leaves_what_another_pod_settles(
        self, shop: Shop, scenario: Scenario, crash_at: Callable[[Scenario, int], Awaitable[bool]]
    ) -> None:
        for point in count(1):
            if not await crash_at(scenario, point):
                break
            shop.products.faults = Faults()
            shop.products.outage = None
            await shop.recover()
            orders = await shop.assert_agreement()
            assert len(orders) == (point > 1)
        assert point > FEWEST_POINTS[scenario.__name__]

    @pytest.mark.parametrize("scenario", [place, place_too_many], ids=lambda scenario: scenario.__name__)
    async def test_at_every_point_lets_the_same_key_get_the_final_answer(
        self, shop: Shop, scenario: Scenario, crash_at: Callable[[Scenario, int], Awaitable[bool]]
    ) -> None:
        for point in count(1):
            if not await crash_at(scenario, point):
                break
            shop.products.faults = Faults()
            shop.clock.pass_(LIMITS.lease)
            await scenario(shop)
            (order,) = await shop.orders()
            assert order.status == ("placed" if scenario is place else "rejected")
            await shop.recover()
            await shop.assert_agreement()
        assert point > FEWEST_POINTS[scenario.__name__]


class TestSweep:
    """One round of the loop is bounded, spares a service that is down, and tells what it did."""

    async def test_leased_orders_are_left_alone(self, shop: Shop) -> None:
        await shop.repository.add(shop.pending(lamp=1))
        assert await Recovery(shop.pod()).sweep() == 0
        assert shop.products.calls == []

    async def test_round_ends_with_the_batch(self, shop: Shop) -> None:
        for key in ("a", "b", "c"):
            await shop.pod().place(USER, key, lines(lamp=1))
        recovery = Recovery(shop.pod(), batch=2)
        assert [await recovery.sweep() for _ in range(3)] == [2, 1, 0]

    async def test_round_ends_when_nothing_answers_and_the_order_waits_longer_each_time(self, shop: Shop) -> None:
        for key in ("a", "b"):
            await shop.pod().place(USER, key, lines(lamp=1))
        shop.products.calls.clear()
        shop.products.outage = "before"
        assert await Recovery(shop.pod()).sweep() == 0
        assert shop.products.calls == ["confirm"]
        pauses = sorted((order.due_at or shop.clock()) - shop.clock() for order in await shop.orders())
        assert pauses[0] == timedelta()
        assert timedelta(seconds=0.5) <= pauses[1] <= timedelta(seconds=1)

    async def test_order_the_products_service_does_not_understand_does_not_hold_up_others(
        self, shop: Shop, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Forgetful(FakeProducts):
            async def confirm(self, order_id: str) -> None:
                if order_id == forgotten.id:
                    message = "404"
                    raise UnexpectedAnswer(message)
                await super().confirm(order_id)

        shop.products = Forgetful(**shop.units)
        forgotten = await shop.pod().place(USER, "a", lines(lamp=1))
        await shop.pod().place(USER, "b", lines(lamp=1))
        with caplog.at_level(logging.WARNING):
            assert await Recovery(shop.pod()).sweep() == 1
        assert [record.__dict__["order"] for record in caplog.records] == [forgotten.id]

    async def test_two_pods_never_work_on_one_order(self, shop: Shop) -> None:
        for index in range(10):
            await shop.pod().place(USER, str(index), lines(lamp=1))
        shop.products.calls.clear()
        delivered = await asyncio.gather(*(Recovery(shop.pod()).sweep() for _ in range(4)))
        assert sum(delivered) == 10
        assert shop.products.calls == ["confirm"] * 10

    async def test_age_of_the_oldest_pending_order_is_shown(self, shop: Shop) -> None:
        await shop.repository.add(shop.pending(lamp=1))
        shop.clock.pass_(timedelta(seconds=7))
        await Recovery(shop.pod()).sweep()
        assert REGISTRY.get_sample_value("orders_oldest_pending_age_seconds") == 7
        await shop.recover()
        await Recovery(shop.pod()).sweep()
        assert REGISTRY.get_sample_value("orders_oldest_pending_age_seconds") == 0

    async def test_outcomes_and_messages_are_counted(self, shop: Shop) -> None:
        def seen() -> list[float | None]:
            return [
                REGISTRY.get_sample_value("orders_outcomes_total", {"outcome": "placed"}),
                REGISTRY.get_sample_value(
                    "orders_recovered_messages_total", {"message": "confirm", "result": "delivered"}
                ),
                REGISTRY.get_sample_value(
                    "orders_recovered_messages_total", {"message": "confirm", "result": "failed"}
                ),
            ]

        before = seen()
        await place(shop)
        shop.products.outage = "after"
        await Recovery(shop.pod()).sweep()
        shop.products.outage = None
        await shop.recover()
        assert [(now or 0) - (then or 0) for now, then in zip(seen(), before, strict=True)] == [1, 1, 1]


class TestStopping:
    """A pod that stops finishes the order in its hands and takes no other."""

    async def test_order_in_hand_is_finished_and_the_next_left(self, shop: Shop) -> None:
        class Slow(FakeProducts):
            began, may_end = asyncio.Event(), asyncio.Event()

            async def confirm(self, order_id: str) -> None:
                self.began.set()
                await self.may_end.wait()
                await super().confirm(order_id)

        shop.products = slow = Slow(**shop.units)
        for key in ("a", "b"):
            await shop.pod().place(USER, key, lines(lamp=1))
        recovery = Recovery(shop.pod())
        sweep = asyncio.create_task(recovery.sweep())
        await slow.began.wait()
        stop = asyncio.create_task(recovery.stop(10))
        await asyncio.sleep(0)
        assert not stop.done()
        slow.may_end.set()
        await stop
        assert await sweep == 1
        assert await recovery.sweep() == 0
        assert sorted(order.owes or "nothing" for order in await shop.orders()) == ["confirm", "nothing"]

    async def test_stop_waits_no_longer_than_told(self, shop: Shop) -> None:
        class Stuck(FakeProducts):
            async def confirm(self, order_id: str) -> None:
                await asyncio.Future[None]()
                await super().confirm(order_id)

        shop.products = Stuck(**shop.units)
        await place(shop)
        recovery = Recovery(shop.pod())
        sweep = asyncio.create_task(recovery.sweep())
        await recovery.stop(0.05)
        assert not sweep.done()
        sweep.cancel()
        await asyncio.wait([sweep])


steps = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(["a", "b", "c"]), st.integers(1, 2)),
    st.tuples(st.just("cancel"), st.sampled_from(["a", "b", "c"]), st.just(0)),
    st.tuples(st.just("sweep"), st.just(""), st.just(0)),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 1200)),
    st.tuples(st.just("outage"), st.sampled_from(["before", "after", ""]), st.just(0)),
    st.tuples(st.just("crash"), st.just(""), st.integers(1, 8)),
)
OUTAGES: dict[str, Outage | None] = {"before": "before", "after": "after", "": None}


async def take(shop: Shop, step: tuple[str, str, int]) -> None:
    match step:
        case "place", key, quantity:
            await shop.pod().place(USER, key, lines(vase=quantity))
        case "cancel", key, _:
            order = await shop.repository.by_key(USER, key)
            if order:
                await shop.pod().cancel(USER, order.id)
        case "sweep", _, _:
            await Recovery(shop.pod()).sweep()
        case "wait", _, seconds:
            shop.clock.pass_(timedelta(seconds=seconds))
        case "outage", when, _:
            shop.products.outage = OUTAGES[when]
        case "crash", _, point:
            shop.products.faults.crash_at = shop.products.faults.reached + point


class TestAnyHistory:
    """Whatever buyers, crashes, outages and time do in whatever order, recovery ends in agreement."""

    @given(history=st.lists(steps, min_size=3, max_size=14))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_ends_in_agreement(self, mongodb: str, history: list[tuple[str, str, int]]) -> None:
        asyncio.run(self.live(mongodb, history))

    @staticmethod
    async def live(mongodb: str, history: list[tuple[str, str, int]]) -> None:
        async with AsyncMongoClient[Document](mongodb, replicaSet="secantus", tz_aware=True) as client:
            database = client["orders_any_history"]
            shop = Shop(database, FakeProducts(vase=3))
            await database["orders"].delete_many({})
            await shop.repository.prepare()
            for step in history:
                with suppress(ApiError, ProductsUnavailable, Crash):
                    await take(shop, step)
            shop.products.faults, shop.products.outage = Faults(), None
            await shop.recover()
            await shop.assert_agreement()
