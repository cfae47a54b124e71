"""Units held for orders: all lines or none, once per order, whatever is repeated, runs at once, or breaks off.

    (none) ──> RESERVING ──> RESERVED ──> CONFIRMING ──> CONFIRMED
                   │             │             └──────┬──────┘
                   │             │                RESTORING        sold units are held again
                   └─────────────┴──> RELEASING <─────┘            held units are given back
                                          └──> RELEASED, or REFUSED when a line was short

States in -ING are work in progress and carry a lease. Its owner stops after `DEADLINE`, well before the lease ends, so
whoever takes over an expired lease is alone; every step on a product is safe to repeat (see repository.py).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter

from app.products.errors import NotForSale, OtherLines, OutOfStock, Released, ReservationBusy
from app.products.repository import ProductRepository, ReservationRepository, within
from app.products.schemas import LineIn, ReservationOut, ReservedLine
from app.shared.errors import NotFound
from app.shared.mongo import Document

RESERVING, RESERVED, CONFIRMING, CONFIRMED = "reserving", "reserved", "confirming", "confirmed"
RESTORING, RELEASING, RELEASED, REFUSED = "restoring", "releasing", "released", "refused"

DEADLINE = 4.0
"""Seconds one call may work on a reservation."""
LEASE = timedelta(seconds=10)
"""Longer than the deadline by more than clocks of two pods differ."""
KEPT = timedelta(days=30)
"""How long it is remembered that an order's units were given back, so that a late call cannot hold them again."""

OUTCOMES = Counter("reservations_total", "Reservations by how a call left them.", ["state"])

_SHOWN_AS = {CONFIRMING: CONFIRMED, RESTORING: RELEASED}


class Reservations:
    """Reserves, confirms and releases by order id; every call may be repeated."""

    def __init__(
        self, products: ProductRepository, reservations: ReservationRepository, clock: Callable[[], datetime]
    ) -> None:
        self._products = products
        self._reservations = reservations
        self._clock = clock

    async def get(self, order_id: str) -> ReservationOut:
        """The order's reservation; raises `NotFound`."""
        return _shown(await self._existing(order_id))

    async def reserve(self, order_id: str, lines: list[LineIn]) -> tuple[ReservationOut, bool]:
        """Hold every line; the reservation and whether it is new.

        Raises `OutOfStock` or `NotForSale` with the product, `Released`, `OtherLines`, `ReservationBusy`.
        """
        wanted: dict[str, int] = {}
        for line in lines:
            wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
        with within(DEADLINE):
            made = await self._begin(order_id, wanted)
            new = await self._reservations.add(made)
            known = made if new else await self._existing(order_id)
            if not new:
                if known["state"] in {RELEASED, RESTORING} or known.get("outcome") == RELEASED:
                    raise _released(order_id)
                if {line["product_id"]: line["quantity"] for line in known["lines"]} != wanted:
                    msg = f"Order {order_id} is reserved with other lines. Send those, or use another order."
                    raise OtherLines(msg)
                if known["state"] in {RESERVED, CONFIRMING, CONFIRMED}:
                    return _shown(known), False
                if known["state"] == RESERVING:
                    known = await self._take(known, RESERVING)
                elif known["state"] == RELEASING:
                    known = await self._release(await self._take(known, RELEASING))
            if known["state"] == RESERVING:
                known = await self._hold(known, fresh=new)
        OUTCOMES.labels(known["state"]).inc()
        if known["state"] == REFUSED:
            raise _refusal(known)
        return _shown(known), new

    async def confirm(self, order_id: str) -> ReservationOut:
        """Sell what is held; raises `NotFound`, `Released`, `ReservationBusy`."""
        with within(DEADLINE):
            known = await self._existing(order_id)
            if known["state"] in {RELEASED, RELEASING, RESTORING, REFUSED}:
                raise _released(order_id)
            if known["state"] == RESERVING:
                raise _busy(order_id)
            if known["state"] != CONFIRMED:
                known = await self._take(known, CONFIRMING)
                for line in known["lines"]:
                    await self._products.sell(line["product_id"], order_id)
                known = await self._settle(known, CONFIRMED)
                OUTCOMES.labels(CONFIRMED).inc()
        return _shown(known)

    async def release(self, order_id: str) -> ReservationOut:
        """Give back what is held or sold, and refuse the order from now on; raises `ReservationBusy`."""
        with within(DEADLINE):
            # An order that never came may still be on its way: the note that it is released comes first then.
            note = {"_id": order_id, "lines": [], **self._ended(RELEASED)}
            known = await self._reservations.get(order_id)
            if known is None:
                known = note if await self._reservations.add(note) else await self._existing(order_id)
            if known["state"] not in {RELEASED, REFUSED}:
                known = await self._undo(known)
                OUTCOMES.labels(known["state"]).inc()
        return _shown(known)

    async def _begin(self, order_id: str, wanted: dict[str, int]) -> Document:
        found = await self._products.many(wanted)
        lines = [
            {
                "product_id": product_id,
                "name": found[product_id]["name"] if product_id in found else "",
                "quantity": quantity,
                "price_cents": found[product_id]["price_cents"] if product_id in found else 0,
            }
            for product_id, quantity in wanted.items()
        ]
        begun: Document = {"_id": order_id, "lines": lines}
        for product_id in wanted:
            if product_id not in found or found[product_id]["withdrawn"]:
                return begun | {"short": product_id, "reason": NotForSale.slug} | self._ended(REFUSED)
        return begun | {"state": RESERVING, "lease": self._clock() + LEASE, "outcome": None}

    async def _hold(self, known: Document, *, fresh: bool) -> Document:
        for line in known["lines"]:
            if not await self._products.hold(line["product_id"], known["_id"], line["quantity"]):
                short = {"short": line["product_id"], "reason": OutOfStock.slug}
                if fresh and line is known["lines"][0]:
                    return await self._settle(known, REFUSED, short)
                return await self._release(await self._take(known, RELEASING, {"outcome": REFUSED} | short, owned=True))
        return await self._settle(known, RESERVED)

    async def _undo(self, known: Document) -> Document:
        outcome = known.get("outcome") or RELEASED
        if known["state"] in {CONFIRMING, CONFIRMED, RESTORING}:
            known = await self._take(known, RESTORING)
            for line in known["lines"]:
                await self._products.unsell(line["product_id"], known["_id"], line["quantity"])
            known = await self._take(known, RELEASING, {"outcome": outcome}, owned=True)
        else:
            known = await self._take(known, RELEASING, {"outcome": outcome})
        return await self._release(known)

    async def _release(self, known: Document) -> Document:
        for line in known["lines"]:
            await self._products.give_back(line["product_id"], known["_id"], line["quantity"])
        return await self._settle(known, known["outcome"])

    async def _existing(self, order_id: str) -> Document:
        known = await self._reservations.get(order_id)
        if known is None:
            msg = f"There is no reservation for order {order_id}. Reserve it first."
            raise NotFound(msg)
        return known

    async def _take(
        self, known: Document, state: str, changes: dict[str, Any] | None = None, *, owned: bool = False
    ) -> Document:
        now = self._clock()
        if known["lease"] is not None and known["lease"] > now and not owned:
            raise _busy(known["_id"])
        taken = await self._reservations.move(known, {"state": state, "lease": now + LEASE} | (changes or {}))
        if taken is None:
            raise _busy(known["_id"])
        return taken

    async def _settle(self, known: Document, state: str, changes: dict[str, Any] | None = None) -> Document:
        ended = self._ended(state) if state in {RELEASED, REFUSED} else {"state": state, "lease": None}
        settled = await self._reservations.move(known, ended | (changes or {}))
        if settled is None:
            raise _busy(known["_id"])
        return settled

    def _ended(self, state: str) -> dict[str, Any]:
        return {"state": state, "lease": None, "outcome": state, "expires_at": self._clock() + KEPT}


def _shown(known: Document) -> ReservationOut:
    state: Any = _SHOWN_AS.get(known["state"], known["outcome"] if known["state"] == RELEASING else known["state"])
    lines = [ReservedLine.model_validate(line) for line in known["lines"]]
    return ReservationOut(order_id=known["_id"], state=state, lines=lines)


def _refusal(known: Document) -> OutOfStock | NotForSale:
    product_id = known["short"]
    member = {"product_id": product_id}
    if known["reason"] == NotForSale.slug:
        msg = f"Product {product_id} is not sold here. Take it out of the order."
        return NotForSale(msg, extensions=member)
    msg = f"There are not enough units of product {product_id}. Order fewer."
    return OutOfStock(msg, extensions=member)


def _released(order_id: str) -> Released:
    msg = f"The units of order {order_id} were given back. Place a new order."
    return Released(msg)


def _busy(order_id: str) -> ReservationBusy:
    msg = f"The reservation of order {order_id} is being changed. Repeat the call in a few seconds."
    return ReservationBusy(msg, retry_after=2)
