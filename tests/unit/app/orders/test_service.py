import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from app.orders.errors import (
    InProgress,
    KeyReused,
    NotCancellable,
    NotPlacedYet,
    OrderNotFound,
    OutOfStock,
    ProductUnavailable,
    TooLate,
    Unfinished,
)
from app.orders.order import Order, Refusal
from app.orders.products import ReservationRefused
from app.orders.recovery import Recovery
from app.orders.service import Limits
from tests.unit.app.orders.support import KEY, LIMITS, USER, HangingRepository, Outage, Shop, SilentProducts, lines

pytestmark = pytest.mark.anyio


async def stored(shop: Shop) -> Order:
    (order,) = await shop.orders()
    return order


class TestPlacing:
    """An acknowledged order is durable, its stock is held and its prices are fixed."""

    async def test_order_is_placed_at_the_reserved_prices(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2, vase=1))
        assert (order.status, order.total_cents) == ("placed", 2 * 1990 + 550)
        assert [(line.name, line.price_cents) for line in order.lines] == [("Lamp", 1990), ("Vase", 550)]
        assert shop.products.stock == {"lamp": 28, "vase": 2}
        assert (await stored(shop)).owes == "confirm"

    async def test_recovery_loop_confirms_it_at_once(self, shop: Shop) -> None:
        await shop.pod().place(USER, KEY, lines(lamp=2))
        assert await Recovery(shop.pod()).sweep() == 1
        await shop.assert_agreement()

    async def test_short_line_rejects_the_order_and_holds_nothing(self, shop: Shop) -> None:
        with pytest.raises(OutOfStock) as caught:
            await shop.pod().place(USER, KEY, lines(lamp=1, vase=4))
        order = await stored(shop)
        assert caught.value.extensions == {"order_id": order.id, "product_id": "vase"}
        assert order.status == "rejected"
        assert order.refusal == Refusal(reason="out-of-stock", product_id="vase")
        assert shop.products.stock == shop.units

    async def test_unknown_product_rejects_the_order(self, shop: Shop) -> None:
        with pytest.raises(ProductUnavailable):
            await shop.pod().place(USER, KEY, lines(rug=1))
        assert (await stored(shop)).status == "rejected"

    async def test_late_reserve_of_a_rejected_order_can_take_no_stock(self, shop: Shop) -> None:
        with pytest.raises(OutOfStock):
            await shop.pod().place(USER, KEY, lines(vase=4))
        await shop.recover()
        shop.products.stock["vase"] += 10
        order = await stored(shop)
        with pytest.raises(ReservationRefused):
            await shop.products.reserve(order.id, order.lines)

    async def test_eighty_orders_for_thirty_units_sell_thirty(self, shop: Shop) -> None:
        pods = [shop.pod(), shop.pod()]
        answers = await asyncio.gather(
            *(pods[i % 2].place(f"user-{i}", KEY, lines(lamp=1)) for i in range(80)), return_exceptions=True
        )
        assert Counter(type(answer) for answer in answers) == {Order: 30, OutOfStock: 50}
        await shop.recover()
        orders = await shop.assert_agreement()
        assert Counter(order.status for order in orders) == {"placed": 30, "rejected": 50}
        assert shop.products.stock["lamp"] == 0


class TestIdempotency:
    """A key makes one order, and a repeated request is told what the first was."""

    async def test_repeated_request_is_answered_the_same(self, shop: Shop) -> None:
        first = await shop.pod().place(USER, KEY, lines(lamp=2, vase=1))
        shop.clock.pass_(timedelta(hours=1))
        assert await shop.pod().place(USER, KEY, lines(vase=1, lamp=2)) == first
        assert shop.products.calls == ["reserve"]

    async def test_repeated_request_is_answered_the_same_after_a_cancel(self, shop: Shop) -> None:
        first = await shop.pod().place(USER, KEY, lines(lamp=2))
        shop.clock.pass_(timedelta(minutes=1))
        await shop.pod().cancel(USER, first.id)
        again = await shop.pod().place(USER, KEY, lines(lamp=2))
        seen = {"status", "lines", "total_cents", "created_at", "updated_at"}
        assert again.model_dump(include=seen) == first.model_dump(include=seen)

    async def test_rejection_is_repeated_even_when_stock_came_back(self, shop: Shop) -> None:
        for _ in range(2):
            with pytest.raises(OutOfStock):
                await shop.pod().place(USER, KEY, lines(vase=4))
            shop.products.stock["vase"] = 10
        assert shop.products.calls == ["reserve"]

    async def test_key_with_other_lines_is_refused(self, shop: Shop) -> None:
        await shop.pod().place(USER, KEY, lines(lamp=2))
        with pytest.raises(KeyReused, match="Use a new key"):
            await shop.pod().place(USER, KEY, lines(lamp=3))
        assert shop.products.stock["lamp"] == 28

    async def test_two_buyers_may_use_the_same_key(self, shop: Shop) -> None:
        mine = await shop.pod().place(USER, KEY, lines(lamp=1))
        theirs = await shop.pod().place("user-2", KEY, lines(lamp=1))
        assert mine.id != theirs.id

    async def test_key_of_a_request_being_worked_on_is_in_progress(self, shop: Shop) -> None:
        await shop.repository.add(shop.pending(lamp=1))
        with pytest.raises(InProgress) as caught:
            await shop.pod().place(USER, KEY, lines(lamp=1))
        assert caught.value.headers == {"Retry-After": "1"}

    async def test_concurrent_requests_with_one_key_make_one_order(self, shop: Shop) -> None:
        pods = [shop.pod(), shop.pod()]
        answers = await asyncio.gather(
            *(pods[i % 2].place(USER, KEY, lines(lamp=3)) for i in range(20)), return_exceptions=True
        )
        placed = [answer for answer in answers if isinstance(answer, Order)]
        assert {type(answer) for answer in answers} <= {Order, InProgress}
        assert len({order.id for order in placed}) == 1
        assert shop.products.stock["lamp"] == 27
        assert len(await shop.orders()) == 1


class TestOutage:
    """While products cannot be reached the order is kept, and the same key gets the final answer later."""

    @pytest.mark.parametrize("outage", ["before", "after"])
    async def test_order_is_kept_and_the_same_key_completes_it(self, shop: Shop, outage: Outage) -> None:
        shop.products.outage = outage
        with pytest.raises(NotPlacedYet) as caught:
            await shop.pod().place(USER, KEY, lines(lamp=2))
        assert caught.value.headers == {"Retry-After": "2"}
        shop.products.outage = None
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        assert order.status == "placed"
        assert shop.products.stock["lamp"] == 28

    async def test_products_that_never_answer_cost_the_buyer_the_time_limit_only(self, shop: Shop) -> None:
        pod = shop.pod(Limits(products=0.02), products=SilentProducts(lamp=30))
        with pytest.raises(NotPlacedYet):
            await pod.place(USER, KEY, lines(lamp=2))
        assert (await stored(shop)).leased_until == shop.clock()

    async def test_request_ends_in_time_though_the_database_hangs(self, shop: Shop) -> None:
        pod = shop.pod(Limits(request=0.1), repository=HangingRepository)
        with pytest.raises(Unfinished, match="too long"):
            await pod.place(USER, KEY, lines(lamp=2))

    async def test_order_that_could_not_be_placed_in_the_window_is_given_up(self, shop: Shop) -> None:
        shop.products.outage = "after"
        with pytest.raises(NotPlacedYet):
            await shop.pod().place(USER, KEY, lines(lamp=2))
        shop.products.outage = None
        shop.clock.pass_(LIMITS.window)
        await shop.recover()
        (order,) = await shop.assert_agreement()
        assert order.status == "rejected"
        with pytest.raises(TooLate):
            await shop.pod().place(USER, KEY, lines(lamp=2))

    async def test_worker_that_lost_its_lease_cannot_write(self, shop: Shop) -> None:
        slow = shop.pending(lamp=1)
        await shop.repository.add(slow)
        await shop.recover()
        shop.products.stock["lamp"] = 0
        after = await shop.pod().deliver(slow)
        assert (after.status, after.owes) == ("placed", None)


class TestCancelling:
    """A placed order can be cancelled once; its stock comes back once."""

    async def test_cancel_gives_the_stock_back(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        assert (await shop.pod().cancel(USER, order.id)).status == "cancelled"
        assert shop.products.stock == shop.units
        await shop.assert_agreement()

    async def test_confirm_that_arrives_after_the_cancel_changes_nothing(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        claimed = await shop.pod().claim_due()
        assert claimed is not None
        await shop.pod().cancel(USER, order.id)
        assert (await shop.pod().deliver(claimed)).status == "cancelled"
        await shop.assert_agreement()

    async def test_repeated_and_concurrent_cancels_give_back_once(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        seen = await asyncio.gather(
            *(shop.pod().cancel(USER, order.id) for _ in range(8)), Recovery(shop.pod()).sweep()
        )
        assert {each.status for each in seen if isinstance(each, Order)} <= {"cancelling", "cancelled"}
        assert (await shop.pod().cancel(USER, order.id)).status == "cancelled"
        await shop.recover()
        await shop.assert_agreement()
        assert shop.products.stock == shop.units

    async def test_cancel_during_an_outage_is_durable(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        shop.products.outage = "after"
        assert (await shop.pod().cancel(USER, order.id)).status == "cancelling"
        shop.products.outage = None
        await shop.recover()
        (order,) = await shop.assert_agreement()
        assert order.status == "cancelled"

    async def test_rejected_and_pending_orders_are_not_cancellable(self, shop: Shop) -> None:
        with pytest.raises(OutOfStock):
            await shop.pod().place(USER, "other", lines(vase=9))
        rejected = await stored(shop)
        pending = shop.pending(lamp=1)
        await shop.repository.add(pending)
        for order in (rejected, pending):
            with pytest.raises(NotCancellable, match=f"is {order.status}, only a placed order"):
                await shop.pod().cancel(USER, order.id)

    async def test_anothers_order_is_not_found(self, shop: Shop) -> None:
        order = await shop.pod().place(USER, KEY, lines(lamp=2))
        with pytest.raises(OrderNotFound):
            await shop.pod().find("user-2", order.id)
        with pytest.raises(OrderNotFound):
            await shop.pod().cancel("user-2", order.id)
        assert (await stored(shop)).status == "placed"
