"""The loop of every pod that delivers what orders owe, on the normal way and after a crash alike.

Placing an order leaves a `confirm` to deliver; a crash leaves a `reserve`; an outage leaves a `release`. One order at a
time is leased by a conditional write, its message is sent, its new state is written. Whatever fails in between is due
again when the lease or the pause ends, in whichever pod sees it first; all messages are idempotent.
"""

from __future__ import annotations

import logging

from app.orders import metrics
from app.orders.products import ProductsUnavailable, UnexpectedAnswer
from app.orders.service import OrderService

_log = logging.getLogger(__name__)


class Recovery:
    """Bounded rounds of delivery; `batch` is the most messages of one round."""

    def __init__(self, orders: OrderService, *, batch: int = 100) -> None:
        self._orders = orders
        self._batch = batch

    async def sweep(self) -> int:
        """Deliver what is due, at most a batch; how many messages were delivered."""
        age = await self._orders.oldest_pending_age()
        metrics.OLDEST_PENDING.set(age.total_seconds())
        delivered = 0
        for _ in range(self._batch):
            order = await self._orders.claim_due()
            if order is None:
                break
            try:
                await self._orders.deliver(order)
            except ProductsUnavailable as error:
                metrics.MESSAGES.labels(order.owes, "failed").inc()
                _log.warning(
                    "owed message not delivered", extra={"order": order.id, "owes": order.owes, "why": str(error)}
                )
                if isinstance(error, UnexpectedAnswer):
                    continue
                # Nothing answers: the rest of the batch would wait as long for the same.
                break
            metrics.MESSAGES.labels(order.owes, "delivered").inc()
            delivered += 1
        return delivered
