"""What orders asks of the products service: hold, confirm and give back stock.

Every call is idempotent by order id, so every call may be repeated: after a lost answer, by another pod, or late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from secrets import SystemRandom
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from app.orders.order import Line, Offer, Reason, Refusal

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.1
REPEATED = frozenset({429, 502, 503, 504})

_random = SystemRandom()

_REASONS: dict[str, Reason] = {
    "out-of-stock": "out-of-stock",
    "not-for-sale": "unavailable",
    "released": "too-late",
}


class ProductsUnavailable(Exception):
    """The products service gave no usable answer; whether it did what it was asked is unknown."""


class UnexpectedAnswer(ProductsUnavailable):
    """The products service is there, but its answer about this order is not one of those it promises."""


class ReservationRefused(Exception):
    """The products service holds nothing for this order, and says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"reservation refused: {refusal.reason}, product {refusal.product_id}")
        self.refusal = refusal


class Products(Protocol):
    """The reservations of the products service; every method raises ProductsUnavailable."""

    async def reserve(self, order_id: str, lines: Sequence[Line]) -> Mapping[str, Offer]:
        """Hold all lines or none; offers by product id. Raises ReservationRefused."""

    async def confirm(self, order_id: str) -> None:
        """Sell what is held."""

    async def release(self, order_id: str) -> None:
        """Give the stock back, held or sold, and refuse any later reservation of this order."""


class _Offer(Offer):
    product_id: str


class _Reservation(BaseModel):
    lines: list[_Offer]


class _Problem(BaseModel):
    type: str = ""
    product_id: str | None = None


class HttpProducts:
    """The real products service; lost connections and 429/502/503/504 are repeated a few times.

    `http` knows its address, the token to send and the time limit of one call; the caller limits the time of them all.
    """

    def __init__(self, http: httpx.AsyncClient, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._http = http
        self._sleep = sleep

    async def reserve(self, order_id: str, lines: Sequence[Line]) -> Mapping[str, Offer]:
        """Hold all lines or none; offers by product id. Raises ReservationRefused, ProductsUnavailable."""
        wanted = [{"product_id": line.product_id, "quantity": line.quantity} for line in lines]
        answer = await self._send("PUT", order_id, body={"lines": wanted})
        if refusal := _refusal(answer):
            raise ReservationRefused(refusal)
        offers = _offers(_succeeded(answer))
        if missing := {line.product_id for line in lines} - offers.keys():
            msg = f"products: the reservation of order {order_id} has no line for {sorted(missing)}, all are required."
            raise UnexpectedAnswer(msg)
        return offers

    async def confirm(self, order_id: str) -> None:
        """Sell what is held. Raises ProductsUnavailable."""
        _succeeded(await self._send("POST", f"{order_id}/confirm"))

    async def release(self, order_id: str) -> None:
        """Give the stock back and refuse later reservations of this order. Raises ProductsUnavailable."""
        _succeeded(await self._send("POST", f"{order_id}/release"))

    async def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                await self._sleep(FIRST_PAUSE_SECONDS * 2**attempt * _random.uniform(0.5, 1.0))
            try:
                answer = await self._http.request(method, f"/internal/reservations/{path}", json=body)
            # The request for the service token is part of the call: its answer may be unreadable too.
            except (httpx.HTTPError, ValueError, KeyError) as error:
                problem = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code not in REPEATED:
                return answer
            problem = f"answered {answer.status_code}"
        msg = f"products: {method} of {path} failed {ATTEMPTS} times, last: {problem}. The order is tried again later."
        raise ProductsUnavailable(msg)


def _succeeded(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    msg = f"products: {answer.request.method} {answer.request.url.path} answered {answer.status_code}, 2xx is required."
    raise UnexpectedAnswer(msg)


def _offers(answer: httpx.Response) -> dict[str, Offer]:
    try:
        held = _Reservation.model_validate_json(answer.content)
    except ValidationError as error:
        msg = f"products: {answer.request.url.path} answered no readable reservation: {error}."
        raise UnexpectedAnswer(msg) from error
    return {offer.product_id: Offer(name=offer.name, price_cents=offer.price_cents) for offer in held.lines}


def _refusal(answer: httpx.Response) -> Refusal | None:
    """What a 409 says; None when it is no refusal we know, which is then not taken for one."""
    if answer.status_code != httpx.codes.CONFLICT:
        return None
    try:
        problem = _Problem.model_validate_json(answer.content)
    except ValidationError:
        return None
    reason = _REASONS.get(problem.type.rsplit("/", 1)[-1])
    return Refusal(reason=reason, product_id=problem.product_id) if reason else None
