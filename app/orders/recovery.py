"""The loop of every pod that delivers what orders owe, on the normal way and after a crash alike.

Placing an order leaves a `confirm` to deliver; a crash leaves a `reserve`; an outage leaves a `release`. One order at a
time is leased by a conditional write, its message is sent, its new state is written. Whatever fails in between is due
again when the lease or the pause ends, in whichever pod sees it first; all messages are idempotent.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from app.orders import metrics
from app.orders.order import Order
from app.orders.products import ProductsUnavailable, UnexpectedAnswer
from app.orders.service import OrderService

_log = logging.getLogger(__name__)


class Recovery:
    """Bounded rounds of delivery; `batch` is the most messages of one round."""

    def __init__(self, orders: OrderService, *, batch: int = 100) -> None:
        self._orders = orders
        self._batch = batch
        self._stopping = False
        self._sweeping = asyncio.Lock()

    async def sweep(self) -> int:
        """Deliver what is due, at most a batch; how many messages were delivered."""
        delivered = 0
        async with self._sweeping:
            if not self._stopping:
                age = await self._orders.oldest_pending_age()
                metrics.OLDEST_PENDING.set(age.total_seconds())
            for _ in range(self._batch):
                order = None if self._stopping else await self._orders.claim_due()
                if order is None:
                    break
                try:
                    await self._orders.deliver(order)
                except ProductsUnavailable as error:
                    self._failed(order, error)
                    if isinstance(error, UnexpectedAnswer):
                        continue
                    # Nothing answers: the rest of the batch would wait as long for the same.
                    break
                metrics.MESSAGES.labels(order.owes, "delivered").inc()
                delivered += 1
        return delivered

    async def stop(self, seconds: float) -> None:
        """Take no further order and wait until the present one is done, at most so long.

        What is then broken off is as good as crashed, and left to the loops of the other pods.
        """
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._sweeping:
                pass

    @staticmethod
    def _failed(order: Order, error: ProductsUnavailable) -> None:
        metrics.MESSAGES.labels(order.owes, "failed").inc()
        _log.warning("owed message not delivered", extra={"order": order.id, "owes": order.owes, "why": str(error)})
