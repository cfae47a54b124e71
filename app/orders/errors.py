"""What the orders API answers when it cannot do what was asked.

ApiError
 +- BadRequest          KeyRequired
 +- KeyReused           (422)
 +- Conflict            InProgress, NotCancellable
 |   +- Rejected        OutOfStock, ProductUnavailable, TooLate: final for this key
 +- NotFound            OrderNotFound
 +- Unavailable         NotPlacedYet, Unfinished, Busy: repeat the request
"""

from __future__ import annotations

from typing import ClassVar

from app.orders.order import Reason, Refusal
from app.shared.errors import ApiError, BadRequest, Conflict, NotFound, Unavailable


class KeyRequired(BadRequest):
    """Idempotency-Key is missing or is not 1 to 128 visible ASCII characters."""

    slug, title = "idempotency-key-required", "Idempotency-Key is required"


class KeyReused(ApiError):
    """The body is not valid, or the Idempotency-Key already belongs to an order with another body."""

    status, slug, title = 422, "idempotency-key-reused", "Idempotency-Key was used for another order"


class InProgress(Conflict):
    """An order with this Idempotency-Key is being placed right now; `Retry-After` gives whole seconds."""

    slug, title = "in-progress", "The order is being placed"

    def __init__(self) -> None:
        super().__init__(
            "Another request with this Idempotency-Key is being worked on. Repeat the request with the same key.",
            headers={"Retry-After": "1"},
        )


class NotCancellable(Conflict):
    """The order is pending or was rejected, so there is nothing to cancel."""

    slug, title = "not-cancellable", "The order cannot be cancelled"


class OrderNotFound(NotFound):
    """The buyer has no order with this id."""


class Rejected(Conflict):
    """The order was rejected for good; members `order_id` and, when one product caused it, `product_id`."""

    advice: ClassVar[str] = ""

    def __init__(self, order_id: str, refusal: Refusal) -> None:
        super().__init__(
            f"{self.advice} Then order again with a new Idempotency-Key.",
            extensions={"order_id": order_id, "product_id": refusal.product_id},
        )


class OutOfStock(Rejected):
    """A line asks for more than there is, so nothing was reserved: members `order_id`, `product_id`."""

    slug, title = "out-of-stock", "Out of stock"
    advice = "There is not enough of a product in the order. Take less of it."


class ProductUnavailable(Rejected):
    """A product of the order is not sold, so nothing was reserved: members `order_id`, `product_id`."""

    slug, title = "product-unavailable", "Product unavailable"
    advice = "A product in the order is not sold, or no longer. Remove it."


class TooLate(Rejected):
    """The order could not be placed in time and was given up: member `order_id`."""

    slug, title = "order-given-up", "Not placed in time"
    advice = "The order could not be placed in time and was given up; nothing was reserved. Check the prices."


REJECTIONS: dict[Reason, type[Rejected]] = {
    "out-of-stock": OutOfStock,
    "unavailable": ProductUnavailable,
    "too-late": TooLate,
}


class NotPlacedYet(Unavailable):
    """The order is kept but not placed yet; repeat with the same key after `Retry-After` seconds."""

    slug, title = "not-placed-yet", "The order is not placed yet"


class Unfinished(Unavailable):
    """The request took too long; what it began is finished in the background. Repeat it."""

    slug, title = "unfinished", "Not finished in time"


class Busy(Unavailable):
    """The order changed at every attempt to change it; repeat the request."""
