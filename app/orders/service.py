"""What the orders service decides: one order per key, all lines or none, and every order ends, whoever crashes.

Placing an order: write it as pending, hold the stock, write it as placed, answer. What is then owed to the products
service, and what a crash or an outage left at any of these points, the recovery loop of any pod delivers (recovery.py).
A pending order is completed rather than given up, since its buyer may repeat the request with the same key; after the
placement window it is rejected, so that nobody is surprised by an order at tomorrow's price.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import SystemRandom

from app.orders import metrics
from app.orders.errors import (
    REJECTIONS,
    Busy,
    InProgress,
    KeyReused,
    NotCancellable,
    NotPlacedYet,
    OrderNotFound,
    Unfinished,
)
from app.orders.order import Line, Order, Refusal
from app.orders.products import Products, ProductsUnavailable, ReservationRefused
from app.orders.repository import OrderRepository

Clock = Callable[[], datetime]

CANCEL_ATTEMPTS = 5
RETRY_AFTER_SECONDS = 2
_random = SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Time limits. products < request < edge timeout (15 s), and request < lease, so a live request keeps its order."""

    products: float = 9.0
    request: float = 12.0
    lease: timedelta = timedelta(seconds=20)
    window: timedelta = timedelta(minutes=15)


def utc_now() -> datetime:
    """Now in UTC, to the millisecond, which is what MongoDB keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class OrderService:
    """Places, shows and cancels orders, and delivers what they owe the products service."""

    def __init__(
        self, repository: OrderRepository, products: Products, *, limits: Limits | None = None, clock: Clock = utc_now
    ) -> None:
        self._repository = repository
        self._products = products
        self._limits = limits or Limits()
        self._clock = clock

    async def place(self, user_id: str, key: str, lines: Sequence[Line]) -> Order:
        """The order of this key as acknowledged: durable, its stock held, its prices fixed.

        Raises KeyReused, InProgress, Rejected, NotPlacedYet, Unfinished.
        """
        async with self._in_time():
            order = await self._opened(user_id, key, lines)
            if order.status == "pending":
                order = await self._placed(order)
            return _acknowledged(order)

    async def find(self, user_id: str, order_id: str) -> Order:
        """The buyer's own order. Raises OrderNotFound, also for another's."""
        order = await self._repository.get(order_id)
        if order is None or order.user_id != user_id:
            msg = f"You have no order {order_id}. List your orders with GET /orders."
            raise OrderNotFound(msg)
        return order

    async def page(self, user_id: str, *, before: tuple[datetime, str] | None, limit: int) -> list[Order]:
        """The buyer's orders, newest first, behind the (created_at, id) of the last one seen."""
        return await self._repository.page(user_id, before=before, limit=limit)

    async def cancel(self, user_id: str, order_id: str) -> Order:
        """The order cancelled, or `cancelling` (durably) while its stock cannot be given back; repeating is harmless.

        Raises OrderNotFound, NotCancellable, Busy, Unfinished.
        """
        async with self._in_time():
            for _ in range(CANCEL_ATTEMPTS):
                order = await self.find(user_id, order_id)
                if order.status in {"cancelling", "cancelled"}:
                    return order
                if order.status != "placed":
                    msg = f"Order {order_id} is {order.status}, only a placed order can be cancelled."
                    raise NotCancellable(msg)
                cancelling = order.cancelling(now=self._clock(), lease=self._limits.lease)
                if await self._repository.save(cancelling):
                    return await self._cancelled(cancelling)
            msg = f"Order {order_id} changed during each of {CANCEL_ATTEMPTS} attempts. Repeat the request."
            raise Busy(msg)

    async def claim_due(self) -> Order | None:
        """An order that owes something and that nobody works on, leased to the caller; None when there is none."""
        return await self._repository.claim_due(now=self._clock(), lease=self._limits.lease)

    async def deliver(self, order: Order) -> Order:
        """Send the one message a leased order owes, and the order in the state it is in afterwards.

        Raises ProductsUnavailable after postponing the order.
        """
        try:
            async with asyncio.timeout(self._limits.products):
                after = await self._sent(order)
        except TimeoutError as error:
            await self._postpone(order)
            msg = f"products: {order.owes} of order {order.id} took longer than {self._limits.products} s."
            raise ProductsUnavailable(msg) from error
        except ProductsUnavailable:
            await self._postpone(order)
            raise
        if not await self._repository.save(after):
            # The lease ran out and another worker, or the buyer's cancel, was faster: theirs is the state that counts.
            return await self.find(order.user_id, order.id)
        if after.status != order.status:
            metrics.OUTCOMES.labels(after.status).inc()
        return after

    async def oldest_pending_age(self) -> timedelta:
        """How long the oldest pending order has been pending; zero without one."""
        oldest = await self._repository.oldest_pending()
        return max(self._clock() - oldest, timedelta()) if oldest else timedelta()

    async def _opened(self, user_id: str, key: str, lines: Sequence[Line]) -> Order:
        now, lease = self._clock(), self._limits.lease
        asked = fingerprint(user_id, lines)
        order = Order.open(user_id=user_id, key=key, fingerprint=asked, lines=lines, now=now, lease=lease)
        if await self._repository.add(order):
            return order
        known = await self._repository.by_key(user_id, key)
        if known is None:
            raise InProgress
        if known.fingerprint != asked:
            msg = f"This Idempotency-Key belongs to order {known.id} with other lines. Use a new key for a new order."
            raise KeyReused(msg)
        if known.status != "pending":
            return known
        leased = known.leased(now=now, lease=lease)
        if known.leased_until > now or not await self._repository.save(leased):
            raise InProgress
        return leased

    async def _placed(self, order: Order) -> Order:
        try:
            return await self.deliver(order)
        except ProductsUnavailable as error:
            msg = f"Order {order.id} is kept, but stock cannot be reserved now. Repeat the request with the same key."
            raise NotPlacedYet(msg, retry_after=RETRY_AFTER_SECONDS) from error

    async def _cancelled(self, cancelling: Order) -> Order:
        try:
            return await self.deliver(cancelling)
        except ProductsUnavailable:
            return cancelling

    async def _sent(self, order: Order) -> Order:
        now = self._clock()
        if order.owes == "reserve":
            return await self._reserved(order)
        if order.owes == "confirm":
            await self._products.confirm(order.id)
        elif order.owes == "release":
            await self._products.release(order.id)
        return order.settled(now=now)

    async def _reserved(self, order: Order) -> Order:
        now = self._clock()
        if now - order.created_at > self._limits.window:
            return order.rejected(Refusal(reason="too-late"), now=now)
        try:
            offers = await self._products.reserve(order.id, order.lines)
        except ReservationRefused as refused:
            return order.rejected(refused.refusal, now=now)
        return order.placed(offers, now=now)

    async def _postpone(self, order: Order) -> None:
        await self._repository.save(order.postponed(now=self._clock(), jitter=_random.random()))

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.request):
                yield
        except TimeoutError as error:
            msg = "The request took too long; what it began is finished in the background. Repeat the request."
            raise Unfinished(msg, retry_after=RETRY_AFTER_SECONDS) from error


def fingerprint(user_id: str, lines: Sequence[Line]) -> str:
    """What a repeated request must share with the first: buyer and lines, in any order. SHA-256, hexadecimal."""
    wanted = sorted((line.product_id, line.quantity) for line in lines)
    return hashlib.sha256(json.dumps([user_id, wanted]).encode()).hexdigest()


def _acknowledged(order: Order) -> Order:
    if order.status == "pending":
        raise InProgress
    if order.refusal is not None:
        raise REJECTIONS[order.refusal.reason](order.id, order.refusal)
    return order.as_placed()
