"""The JSON of the orders API: amounts in cents, times in RFC 3339 UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from app.orders.order import Line, Order, Reason, Status

MAX_LINES = 50
MAX_QUANTITY = 100

ProductId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class LineIn(BaseModel):
    """One product and how many of it."""

    model_config = ConfigDict(extra="forbid")

    product_id: ProductId
    quantity: Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY)]


class OrderIn(BaseModel):
    """What is ordered; each product once."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]

    @field_validator("lines")
    @classmethod
    def _each_product_once(cls, lines: list[LineIn]) -> list[LineIn]:
        ids = [line.product_id for line in lines]
        if twice := sorted({product for product in ids if ids.count(product) > 1}):
            msg = f"products {twice} come more than once, each may come once; add up their quantities"
            raise ValueError(msg)
        return lines

    def wanted(self) -> list[Line]:
        """The lines of an order not yet placed."""
        return [Line(product_id=line.product_id, quantity=line.quantity) for line in self.lines]


class LineOut(BaseModel):
    """One line; `name` and `price_cents` (a piece) are null until the order is placed, and fixed from then on."""

    product_id: str
    name: str | None
    quantity: int
    price_cents: int | None


class OrderOut(BaseModel):
    """One order; `total_cents` is null until the order is placed, `reason` says why it was rejected."""

    id: str
    status: Status
    reason: Reason | None
    lines: list[LineOut]
    total_cents: int | None
    currency: Literal["EUR"]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, order: Order) -> Self:
        """How an order is shown to its buyer."""
        return cls(
            id=order.id,
            status=order.status,
            reason=order.refusal.reason if order.refusal else None,
            lines=[LineOut(**line.model_dump()) for line in order.lines],
            total_cents=order.total_cents,
            currency=order.currency,
            created_at=order.created_at,
            updated_at=order.updated_at,
        )


class OrderPage(BaseModel):
    """The buyer's orders, newest first; `next_cursor` is null on the last page."""

    items: list[OrderOut]
    next_cursor: str | None
