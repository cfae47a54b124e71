"""Reservations: never more units than there are, never a unit lost, whatever is repeated, concurrent or broken off."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from app.products.errors import ReservationBusy
from app.products.repository import ProductRepository, ReservationRepository
from app.products.reservations import LEASE, Reservations
from app.products.schemas import LineIn
from app.shared.errors import ApiError
from app.shared.mongo import Document
from tests.conftest import DatabaseUri
from tests.support import TokenMaker
from tests.unit.app.products.conftest import AddProduct

pytestmark = pytest.mark.anyio


async def reserve(
    products: httpx.AsyncClient, headers: dict[str, str], order_id: str, **quantities: int
) -> httpx.Response:
    lines = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in quantities.items()]
    return await products.put(f"/internal/reservations/{order_id}", json={"lines": lines}, headers=headers)


async def step(products: httpx.AsyncClient, headers: dict[str, str], order_id: str, verb: str) -> httpx.Response:
    return await products.post(f"/internal/reservations/{order_id}/{verb}", headers=headers)


async def stock(products: httpx.AsyncClient, product: dict[str, Any]) -> int:
    found: int = (await products.get(f"/products/{product['id']}")).json()["stock"]
    return found


def slug_of(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rsplit("/", 1)[1])


class TestOverHttp:
    """What the orders service sees."""

    async def test_a_reservation_takes_units_once_with_the_price_of_that_moment(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        first = await reserve(products, orders, "o1", **{cup["id"]: 2})
        again = await reserve(products, orders, "o1", **{cup["id"]: 2})
        assert (first.status_code, again.status_code) == (201, 200)
        line = {"product_id": cup["id"], "name": "Cup", "quantity": 2, "price_cents": 1000}
        assert first.json() == again.json() == {"order_id": "o1", "state": "reserved", "lines": [line]}
        assert await stock(products, cup) == 3

    async def test_lines_of_one_product_are_added_up(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        lines = [{"product_id": cup["id"], "quantity": 2}, {"product_id": cup["id"], "quantity": 3}]
        answer = await products.put("/internal/reservations/o1", json={"lines": lines}, headers=orders)
        assert [line["quantity"] for line in answer.json()["lines"]] == [5]
        assert await stock(products, cup) == 0

    async def test_one_short_line_holds_nothing_and_is_named_however_often_asked(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup, jug = await add_product("cup"), await add_product("jug", stock=1)
        for _ in range(2):
            answer = await reserve(products, orders, "o1", **{cup["id"]: 2, jug["id"]: 2})
            assert (answer.status_code, slug_of(answer), answer.json()["product_id"]) == (
                409,
                "out-of-stock",
                jug["id"],
            )
        assert (await stock(products, cup), await stock(products, jug)) == (5, 1)

    async def test_an_unknown_or_withdrawn_product_is_not_for_sale(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str], staff: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        await products.delete("/products/cup", headers=staff | {"If-Match": '"1"'})
        for order_id, product_id in (("o1", cup["id"]), ("o2", "nothing")):
            answer = await reserve(products, orders, order_id, **{product_id: 1})
            assert (slug_of(answer), answer.json()["product_id"]) == ("not-for-sale", product_id)

    async def test_the_same_order_with_other_lines_is_a_conflict(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        await reserve(products, orders, "o1", **{cup["id"]: 2})
        answer = await reserve(products, orders, "o1", **{cup["id"]: 3})
        assert (answer.status_code, slug_of(answer)) == (409, "other-lines")
        assert await stock(products, cup) == 3

    @pytest.mark.parametrize("confirmed", [False, True])
    async def test_a_release_gives_the_units_back_once_before_and_after_confirming(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str], *, confirmed: bool
    ) -> None:
        cup, jug = await add_product("cup"), await add_product("jug")
        await reserve(products, orders, "o1", **{cup["id"]: 2, jug["id"]: 1})
        if confirmed:
            for _ in range(2):
                assert (await step(products, orders, "o1", "confirm")).json()["state"] == "confirmed"
        assert (await stock(products, cup), await stock(products, jug)) == (3, 4)
        for _ in range(3):
            assert (await step(products, orders, "o1", "release")).json()["state"] == "released"
        assert (await stock(products, cup), await stock(products, jug)) == (5, 5)
        for late in (
            await reserve(products, orders, "o1", **{cup["id"]: 2, jug["id"]: 1}),
            await step(products, orders, "o1", "confirm"),
        ):
            assert (late.status_code, slug_of(late)) == (409, "released")

    async def test_a_release_that_overtakes_its_reservation_keeps_it_out(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        assert (await step(products, orders, "o1", "release")).status_code == 200
        late = await reserve(products, orders, "o1", **{cup["id"]: 2})
        assert (late.status_code, slug_of(late), await stock(products, cup)) == (409, "released", 5)

    async def test_what_is_not_there_is_told(self, products: httpx.AsyncClient, orders: dict[str, str]) -> None:
        assert (await step(products, orders, "o9", "confirm")).status_code == 404
        assert (await products.get("/internal/reservations/o9", headers=orders)).status_code == 404

    async def test_only_services_reserve(self, products: httpx.AsyncClient, tokens: TokenMaker) -> None:
        assert (await reserve(products, {}, "o1", cup=1)).status_code == 401
        for role in ("customer", "staff"):
            assert (await reserve(products, tokens.bearer("u", role), "o1", cup=1)).status_code == 403
        elsewhere = tokens.service("orders", "auth")
        assert (await reserve(products, elsewhere, "o1", cup=1)).status_code == 401

    async def test_eighty_orders_at_once_for_thirty_units_sell_thirty(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup, jug = await add_product("cup", stock=30), await add_product("jug", stock=1000)
        answers = await asyncio.gather(
            *(reserve(products, orders, f"o{number}", **{jug["id"]: 1, cup["id"]: 1}) for number in range(80))
        )
        assert sorted(answer.status_code for answer in answers) == [201] * 30 + [409] * 50
        assert (await stock(products, cup), await stock(products, jug)) == (0, 970)

    async def test_one_order_sent_many_times_at_once_is_held_once(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup")
        answers = await asyncio.gather(*(reserve(products, orders, "o1", **{cup["id"]: 2}) for _ in range(8)))
        assert [answer.status_code for answer in answers].count(201) == 1
        assert {answer.status_code for answer in answers} <= {200, 201, 503}
        assert await stock(products, cup) == 3

    async def test_confirm_and_release_at_once_end_in_one_of_the_two(
        self, products: httpx.AsyncClient, add_product: AddProduct, orders: dict[str, str]
    ) -> None:
        cup = await add_product("cup", stock=100)
        for number in range(5):
            await reserve(products, orders, f"o{number}", **{cup["id"]: 1})
            await asyncio.gather(*(step(products, orders, f"o{number}", verb) for verb in ("confirm", "release") * 2))
        states = [
            (await products.get(f"/internal/reservations/o{number}", headers=orders)).json()["state"]
            for number in range(5)
        ]
        assert set(states) <= {"confirmed", "released"}
        assert await stock(products, cup) == 100 - states.count("confirmed")


class Crash(Exception):
    """The pod died here."""


class Dying:
    """A repository whose process dies before one of its writes: the `after`-th that both repositories make together."""

    def __init__(self, real: object, writes: "itertools.count[int]", after: int) -> None:
        self._real, self._writes, self._after = real, writes, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name not in {"hold", "give_back", "sell", "unsell", "add", "move"}:
            return method

        async def write(*arguments: Any) -> Any:
            if next(self._writes) == self._after:
                raise Crash
            return await method(*arguments)

        return write


class Shop:
    """Two products, and reservations that can be made to die, on a clock the test moves."""

    def __init__(self, uri: str) -> None:
        self.client: AsyncMongoClient[Document] = AsyncMongoClient(uri, tz_aware=True)
        database = self.client.get_default_database()
        self.products, self.reservations = ProductRepository(database), ReservationRepository(database)
        self.collection = database["products"]
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def service(self, *, dies_before: int | None = None) -> Reservations:
        products: Any = self.products
        reservations: Any = self.reservations
        if dies_before is not None:
            writes = itertools.count()
            products = Dying(products, writes, dies_before)
            reservations = Dying(reservations, writes, dies_before)
        return Reservations(products, reservations, lambda: self.now)

    async def reset(self, *, cups: int = 5, jugs: int = 5) -> None:
        await self.client.drop_database(self.collection.database.name)
        for slug, units in (("cup", cups), ("jug", jugs)):
            shown = {"slug": slug, "name": slug, "price_cents": 100, "stock": units, "version": 1, "withdrawn": False}
            await self.products.add({"_id": slug, **shown})

    async def stock(self) -> dict[str, int]:
        return {each["_id"]: each["stock"] for each in await self.collection.find().to_list()}

    async def held(self) -> int:
        return sum([len(each["holds"]) for each in await self.collection.find().to_list()])


LINES = [LineIn(product_id="cup", quantity=2), LineIn(product_id="jug", quantity=3)]


async def outcome(work: Any) -> str:
    try:
        await work
    except ApiError as error:
        return error.slug
    except Crash:
        return "crash"
    return "done"


class TestCrashes:
    """A pod may die before any write; repeating the call after the lease finishes the work, and so does a release.

    Each scenario is run with the crash before its first write, its second, and so on until it runs through.
    """

    @pytest.fixture
    async def shop(self, database_uri: DatabaseUri) -> Any:
        made = Shop(database_uri("products"))
        async with made.client:
            yield made

    async def every_crash(
        self, shop: Shop, prepare: Callable[[], Any], call: Callable[[Reservations], Any], check: Callable[[], Any]
    ) -> int:
        for crash in itertools.count():
            await prepare()
            if await outcome(call(shop.service(dies_before=crash))) != "crash":
                return crash
            assert await outcome(call(shop.service())) in {"reservation-busy", "done", "out-of-stock"}
            shop.now += LEASE + timedelta(seconds=1)
            await check()
        raise AssertionError

    async def test_a_broken_off_reservation_is_completed_by_repeating_it(self, shop: Shop) -> None:
        async def check() -> None:
            assert (await shop.service().reserve("o1", LINES))[0].state == "reserved"
            assert await shop.stock() == {"cup": 3, "jug": 2}

        assert await self.every_crash(shop, shop.reset, lambda service: service.reserve("o1", LINES), check) == 4

    async def test_a_broken_off_reservation_is_undone_by_releasing_it(self, shop: Shop) -> None:
        async def check() -> None:
            await shop.service().release("o1")
            assert await shop.stock() == {"cup": 5, "jug": 5}
            assert await shop.held() == 0
            assert await outcome(shop.service().reserve("o1", LINES)) == "released"

        assert await self.every_crash(shop, shop.reset, lambda service: service.reserve("o1", LINES), check) == 4

    async def test_a_broken_off_refusal_gives_everything_back_when_repeated(self, shop: Shop) -> None:
        async def check() -> None:
            assert await outcome(shop.service().reserve("o1", LINES)) == "out-of-stock"
            assert await shop.stock() == {"cup": 5, "jug": 1}
            assert await shop.held() == 0

        crashes = await self.every_crash(
            shop, lambda: shop.reset(jugs=1), lambda service: service.reserve("o1", LINES), check
        )
        assert crashes == 7

    async def test_a_broken_off_confirmation_is_completed_by_repeating_it(self, shop: Shop) -> None:
        async def prepare() -> None:
            await shop.reset()
            await shop.service().reserve("o1", LINES)

        async def check() -> None:
            assert (await shop.service().confirm("o1")).state == "confirmed"
            assert (await shop.stock(), await shop.held()) == ({"cup": 3, "jug": 2}, 0)

        assert await self.every_crash(shop, prepare, lambda service: service.confirm("o1"), check) == 4

    @pytest.mark.parametrize("dies_before", range(4))
    async def test_a_broken_off_confirmation_can_still_be_released(self, shop: Shop, dies_before: int) -> None:
        await shop.reset()
        await shop.service().reserve("o1", LINES)
        assert await outcome(shop.service(dies_before=dies_before).confirm("o1")) == "crash"
        shop.now += LEASE + timedelta(seconds=1)
        await shop.service().release("o1")
        assert (await shop.stock(), await shop.held()) == ({"cup": 5, "jug": 5}, 0)

    @pytest.mark.parametrize("confirmed", [False, True])
    async def test_a_broken_off_release_is_completed_by_repeating_it(self, shop: Shop, *, confirmed: bool) -> None:
        async def prepare() -> None:
            await shop.reset()
            await shop.service().reserve("o1", LINES)
            if confirmed:
                await shop.service().confirm("o1")

        async def check() -> None:
            assert (await shop.service().release("o1")).state == "released"
            assert (await shop.stock(), await shop.held()) == ({"cup": 5, "jug": 5}, 0)

        crashes = await self.every_crash(shop, prepare, lambda service: service.release("o1"), check)
        assert crashes == (7 if confirmed else 4)

    async def test_nobody_takes_over_while_the_lease_runs(self, shop: Shop) -> None:
        await shop.reset()
        assert await outcome(shop.service(dies_before=2).reserve("o1", LINES)) == "crash"
        for call in (shop.service().reserve("o1", LINES), shop.service().release("o1"), shop.service().confirm("o1")):
            with pytest.raises(ReservationBusy):
                await call
        assert await shop.stock() == {"cup": 3, "jug": 5}
