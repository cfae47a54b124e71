"""The orders API over HTTP: headers, bodies, statuses. What they mean is decided in service.py."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from app.orders.errors import (
    Busy,
    InProgress,
    KeyRequired,
    KeyReused,
    NotCancellable,
    NotPlacedYet,
    OrderNotFound,
    OutOfStock,
    ProductUnavailable,
    TooLate,
    Unfinished,
)
from app.orders.schemas import OrderIn, OrderOut, OrderPage
from app.orders.service import OrderService
from app.shared.errors import Forbidden, TooManyRequests, Unauthorized, errors
from app.shared.limits import RateLimiter
from app.shared.pages import Cursor, Cursors, InvalidCursor, Limit
from app.shared.tokens import Caller, User

KEY_PATTERN = "^[!-~]{1,128}$"
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this attempt to order; repeating the request with the same key never orders twice.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}
PLACED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The order is durable and its stock held; a repeated request is answered the same.",
        "headers": {"Location": {"description": "Path of the order.", "schema": {"type": "string"}}},
    }
}

_key = re.compile(KEY_PATTERN)


def idempotency_key(request: Request) -> str:
    """The key, read here since the framework would answer 422 for a missing one."""
    key = request.headers.get("Idempotency-Key", "")
    if not _key.fullmatch(key):
        found = f"is {len(key)} characters long or has others than visible ASCII" if key else "is missing"
        msg = (
            f"Idempotency-Key {found}, 1 to 128 visible ASCII characters are required. Send a new UUID for each order."
        )
        raise KeyRequired(msg)
    return key


def order_service(request: Request) -> OrderService:
    """The service that the lifespan made."""
    orders: OrderService = request.app.state.orders
    return orders


def cursors(request: Request) -> Cursors:
    """The signer of this service's cursors."""
    signer: Cursors = request.app.state.cursors
    return signer


async def writer(request: Request, user: User) -> Caller:
    """A user who has not written too much lately."""
    writes: RateLimiter = request.app.state.writes
    writes.check(user.id)
    return user


Orders = Annotated[OrderService, Depends(order_service)]
Writer = Annotated[Caller, Depends(writer)]
Key = Annotated[str, Depends(idempotency_key)]
Signer = Annotated[Cursors, Depends(cursors)]
OrderId = Annotated[str, Path(max_length=64)]

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post(
    "",
    status_code=201,
    openapi_extra={"parameters": [KEY_HEADER]},
    responses=PLACED
    | errors(
        KeyRequired,
        Unauthorized,
        Forbidden,
        InProgress,
        OutOfStock,
        ProductUnavailable,
        TooLate,
        KeyReused,
        TooManyRequests,
        NotPlacedYet,
        Unfinished,
    ),
)
async def place_order(buyer: Writer, key: Key, wanted: OrderIn, orders: Orders, response: Response) -> OrderOut:
    """Place an order; all lines are reserved or none, at the prices of this moment."""
    order = await orders.place(buyer.id, key, wanted.wanted())
    response.headers["Location"] = f"/orders/{order.id}"
    return OrderOut.of(order)


@router.get("", responses=errors(InvalidCursor, Unauthorized, Forbidden))
async def list_orders(
    buyer: User, orders: Orders, signer: Signer, limit: Limit = 20, cursor: Cursor = None
) -> OrderPage:
    """The buyer's own orders, newest first."""
    scope = f"orders of {buyer.id}"
    before = _position(*signer.decode(scope, cursor)) if cursor else None
    found = await orders.page(buyer.id, before=before, limit=limit + 1)
    shown = found[:limit]
    more = signer.encode(scope, shown[-1].created_at.isoformat(), shown[-1].id) if len(found) > limit else None
    return OrderPage(items=[OrderOut.of(order) for order in shown], next_cursor=more)


@router.get("/{order_id}", responses=errors(Unauthorized, Forbidden, OrderNotFound))
async def show_order(buyer: User, order_id: OrderId, orders: Orders) -> OrderOut:
    """One of the buyer's own orders."""
    return OrderOut.of(await orders.find(buyer.id, order_id))


@router.post(
    "/{order_id}/cancel",
    responses=errors(Unauthorized, Forbidden, OrderNotFound, NotCancellable, TooManyRequests, Busy, Unfinished),
)
async def cancel_order(buyer: Writer, order_id: OrderId, orders: Orders) -> OrderOut:
    """Cancel a placed order; `cancelling` means that it will be cancelled whatever happens, only not yet."""
    return OrderOut.of(await orders.cancel(buyer.id, order_id))


def _position(created_at: str | int, order_id: str | int) -> tuple[datetime, str]:
    return datetime.fromisoformat(str(created_at)), str(order_id)
