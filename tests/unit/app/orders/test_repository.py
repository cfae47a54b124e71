from datetime import timedelta

import pytest

from app.orders.order import Order
from tests.unit.app.orders.support import KEY, LIMITS, USER, Shop

pytestmark = pytest.mark.anyio


async def test_order_is_found_by_id_and_by_key_as_it_was_stored(shop: Shop) -> None:
    order = shop.pending(lamp=2, vase=1)
    assert await shop.repository.add(order)
    assert await shop.repository.get(order.id) == order
    assert await shop.repository.by_key(USER, KEY) == order
    assert await shop.repository.by_key("user-2", KEY) is None


async def test_second_order_with_a_key_is_not_stored(shop: Shop) -> None:
    assert await shop.repository.add(shop.pending(lamp=2))
    assert not await shop.repository.add(shop.pending(lamp=3))
    assert len(await shop.orders()) == 1


async def test_write_from_an_old_version_is_refused(shop: Shop) -> None:
    order = shop.pending(lamp=2)
    await shop.repository.add(order)
    first, second = (order.leased(now=shop.clock(), lease=timedelta(seconds=n)) for n in (1, 2))
    assert await shop.repository.save(first)
    assert not await shop.repository.save(second)
    assert await shop.repository.get(order.id) == first


async def test_claim_takes_what_is_due_for_longest_and_only_once(shop: Shop) -> None:
    orders = []
    for key in ("a", "b"):
        orders.append(shop.pending(lamp=1).model_copy(update={"key": key}))
        await shop.repository.add(orders[-1])
        shop.clock.pass_(timedelta(seconds=1))
    shop.clock.pass_(LIMITS.lease)
    claims = [await shop.repository.claim_due(now=shop.clock(), lease=LIMITS.lease) for _ in range(3)]
    assert claims == [*(order.leased(now=shop.clock(), lease=LIMITS.lease) for order in orders), None]


async def test_pages_follow_each_other_newest_first_also_within_one_moment(shop: Shop) -> None:
    made: list[Order] = []
    for index in range(5):
        made.append(shop.pending(lamp=1).model_copy(update={"key": str(index)}))
        await shop.repository.add(made[-1])
        shop.clock.pass_(timedelta(seconds=index % 2))
    await shop.repository.add(shop.pending(lamp=1).model_copy(update={"user_id": "user-2"}))
    expected = sorted(made, key=lambda order: (order.created_at, order.id), reverse=True)
    seen: list[Order] = []
    while page := await shop.repository.page(
        USER, before=(seen[-1].created_at, seen[-1].id) if seen else None, limit=2
    ):
        seen += page
    assert seen == expected


async def test_indexes_may_be_made_again_and_serve_every_query(shop: Shop) -> None:
    await shop.repository.prepare()
    names = set(await shop.database["orders"].index_information())
    assert names == {"_id_", "one_order_per_key", "newest_first", "due", "pending"}
