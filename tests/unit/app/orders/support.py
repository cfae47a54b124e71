"""Stand-ins for what surrounds the orders service: products, a clock, pods that crash, a wire."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx

from app.orders.order import Line, Offer, Order, Refusal
from app.orders.products import Products, ProductsUnavailable, ReservationRefused
from app.orders.recovery import Recovery
from app.orders.repository import OrderRepository
from app.orders.service import Limits, OrderService, fingerprint
from app.shared.errors import TYPE_BASE
from app.shared.mongo import Database

USER, KEY = "user-1", "key-1"
PRICES = {"lamp": 1990, "vase": 550}
LIMITS = Limits()

Outage = Literal["before", "after"]


def lines(**quantities: int) -> list[Line]:
    """`lines(lamp=2)`: two lamps are wanted."""
    return [Line(product_id=product, quantity=quantity) for product, quantity in quantities.items()]


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


class Crash(BaseException):
    """The pod is gone: nothing of it runs any more, so nothing may catch this."""


class Faults:
    """Kills the pod at the n-th point between two effects; `reached` counts the points passed."""

    def __init__(self) -> None:
        self.crash_at: int | None = None
        self.reached = 0

    def point(self) -> None:
        self.reached += 1
        if self.reached == self.crash_at:
            raise Crash


class FakeProducts:
    """The reservations of products, in memory. `outage` fails each call, before or after its effect."""

    def __init__(self, **stock: int) -> None:
        self.stock = stock
        self.held: dict[str, dict[str, int]] = {}
        self.states: dict[str, Literal["reserved", "confirmed", "released"]] = {}
        self.outage: Outage | None = None
        self.calls: list[str] = []
        self.confirmed = asyncio.Event()
        self.faults = Faults()

    async def reserve(self, order_id: str, lines: Sequence[Line]) -> Mapping[str, Offer]:
        self._begin("reserve")
        if self.states.get(order_id) == "released":
            raise ReservationRefused(Refusal(reason="too-late"))
        if order_id not in self.states:
            self._hold(order_id, {line.product_id: line.quantity for line in lines})
        self._end()
        return {product: Offer(name=product.title(), price_cents=PRICES[product]) for product in self.held[order_id]}

    async def confirm(self, order_id: str) -> None:
        self._begin("confirm")
        if self.states[order_id] == "reserved":
            self.states[order_id] = "confirmed"
            self.confirmed.set()
        self._end()

    async def release(self, order_id: str) -> None:
        self._begin("release")
        if self.states.get(order_id) != "released":
            for product, quantity in self.held.pop(order_id, {}).items():
                self.stock[product] += quantity
            self.states[order_id] = "released"
        self._end()

    def _hold(self, order_id: str, wanted: dict[str, int]) -> None:
        for product, quantity in wanted.items():
            if product not in self.stock:
                raise ReservationRefused(Refusal(reason="unavailable", product_id=product))
            if self.stock[product] < quantity:
                raise ReservationRefused(Refusal(reason="out-of-stock", product_id=product))
        for product, quantity in wanted.items():
            self.stock[product] -= quantity
        self.held[order_id] = wanted
        self.states[order_id] = "reserved"

    def _begin(self, name: str) -> None:
        self.faults.point()
        self.calls.append(name)
        if self.outage == "before":
            raise ProductsUnavailable(name)

    def _end(self) -> None:
        self.faults.point()
        if self.outage == "after":
            raise ProductsUnavailable(self.calls[-1])


class CrashingRepository(OrderRepository):
    """The real repository in a pod that may die before and after each write."""

    def __init__(self, database: Database, faults: Faults) -> None:
        super().__init__(database)
        self._faults = faults

    async def add(self, order: Order) -> bool:
        self._faults.point()
        done = await super().add(order)
        self._faults.point()
        return done

    async def save(self, after: Order) -> bool:
        self._faults.point()
        done = await super().save(after)
        self._faults.point()
        return done

    async def claim_due(self, *, now: datetime, lease: timedelta) -> Order | None:
        self._faults.point()
        order = await super().claim_due(now=now, lease=lease)
        self._faults.point()
        return order


class SilentProducts(FakeProducts):
    """Takes every call and never answers."""

    async def reserve(self, order_id: str, lines: Sequence[Line]) -> Mapping[str, Offer]:
        await super().reserve(order_id, lines)
        return await asyncio.Future()


class HangingRepository(OrderRepository):
    """A database that stores new orders and then hangs."""

    async def save(self, after: Order) -> bool:
        await asyncio.Future[None]()
        return await super().save(after)


class Shop:
    """One database, one products service, one clock, and as many pods as a test asks for."""

    def __init__(self, database: Database, products: FakeProducts) -> None:
        self.database = database
        self.products = products
        self.clock = Clock()
        self.repository = OrderRepository(database)
        self.units = dict(products.stock)

    def pod(
        self,
        limits: Limits = LIMITS,
        *,
        products: Products | None = None,
        repository: Callable[[Database], OrderRepository] | None = None,
    ) -> OrderService:
        """A pod; it shares nothing with others but the database and the products service."""
        stored = repository(self.database) if repository else CrashingRepository(self.database, self.products.faults)
        return OrderService(stored, products or self.products, limits=limits, clock=self.clock)

    def pending(self, **quantities: int) -> Order:
        """An order that some other pod is placing right now; not stored yet."""
        wanted = lines(**quantities)
        asked = fingerprint(USER, wanted)
        return Order.open(user_id=USER, key=KEY, fingerprint=asked, lines=wanted, now=self.clock(), lease=LIMITS.lease)

    async def recover(self) -> None:
        """Let every lease and pause end, then let another pod's loop work until nothing is due."""
        self.clock.pass_(timedelta(minutes=2))
        while await Recovery(self.pod()).sweep():
            pass

    async def orders(self) -> list[Order]:
        """All orders there are."""
        return [Order.model_validate(each) async for each in self.database["orders"].find()]

    async def assert_agreement(self) -> list[Order]:
        """Every order is settled, and the products service holds exactly what placed orders say; the orders."""
        orders = await self.orders()
        assert [order for order in orders if order.owes or order.due_at] == []
        assert {order.status for order in orders} <= {"placed", "rejected", "cancelled"}
        wanted = {each.id: {line.product_id: line.quantity for line in each.lines} for each in orders}
        placed = {each.id for each in orders if each.status == "placed"}
        assert self.products.held == {order_id: wanted[order_id] for order_id in placed}
        assert all(self.products.states[order_id] == "confirmed" for order_id in placed)
        for product, units in self.units.items():
            sold = sum(held.get(product, 0) for held in self.products.held.values())
            assert self.products.stock[product] == units - sold >= 0
        return orders


class Wire:
    """Speaks the products service's HTTP for a `FakeProducts`, and the auth service's token request."""

    def __init__(self, products: FakeProducts) -> None:
        self.products = products

    def transport(self) -> httpx.MockTransport:
        """What stands in for the network."""
        return httpx.MockTransport(self.answer)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/token":
            return httpx.Response(
                200, json={"access_token": "service-token", "token_type": "Bearer", "expires_in": 900}
            )
        if request.headers["Authorization"] != "Bearer service-token":
            return httpx.Response(401)
        _, _, _, order_id, *action = request.url.path.split("/")
        try:
            return await self._reservation(request, order_id, *action)
        except ProductsUnavailable as error:
            message = "connection lost"
            raise httpx.ReadError(message) from error

    async def _reservation(self, request: httpx.Request, order_id: str, action: str = "reserve") -> httpx.Response:
        if action == "confirm":
            await self.products.confirm(order_id)
        elif action == "release":
            await self.products.release(order_id)
        else:
            return await self._reserve(order_id, json.loads(request.content)["lines"])
        return httpx.Response(200, json={"order_id": order_id})

    async def _reserve(self, order_id: str, wanted: list[dict[str, int]]) -> httpx.Response:
        try:
            offers = await self.products.reserve(order_id, [Line.model_validate(line) for line in wanted])
        except ReservationRefused as refused:
            slug = {"out-of-stock": "out-of-stock", "too-late": "released", "unavailable": "not-for-sale"}
            body = {"type": TYPE_BASE + slug[refused.refusal.reason], "product_id": refused.refusal.product_id}
            return httpx.Response(409, json=body)
        held = [{"product_id": product, "quantity": 1, **offer.model_dump()} for product, offer in offers.items()]
        return httpx.Response(201, json={"order_id": order_id, "state": "reserved", "lines": held})
