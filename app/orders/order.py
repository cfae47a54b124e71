"""What an order is and how it moves; nothing here waits, stores or calls.

    pending --- reservation held ---> placed --- cancel ---> cancelling --- stock given back ---> cancelled
       `------- refused, or too late ---> rejected

`owes` names the message the products service must still receive because of the state the order is in. It is written in
the same document write as the state, so no crash can separate the two, and it is delivered at least once:

    pending owes `reserve`; placed owes `confirm`; cancelling and rejected owe `release`; nothing owed = settled.

A rejected order owes `release` although nothing is held: a `reserve` that timed out may still be on its way, and the
products service refuses to reserve what was released, so the late message can no longer take stock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["pending", "placed", "rejected", "cancelling", "cancelled"]
Message = Literal["reserve", "confirm", "release"]
Reason = Literal["out-of-stock", "unavailable", "too-late"]

CURRENCY: Literal["EUR"] = "EUR"
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)


class Frozen(BaseModel):
    """A value: never changed, only replaced."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Line(Frozen):
    """One product of an order; name and price (cents a piece) are known once the reservation is held."""

    product_id: str
    quantity: int
    name: str | None = None
    price_cents: int | None = None


class Offer(Frozen):
    """Name and price (cents a piece) at which the products service holds a line."""

    name: str
    price_cents: int


class Refusal(Frozen):
    """Why an order was rejected, and the product that caused it when it was one product."""

    reason: Reason
    product_id: str | None = None


class Order(Frozen):
    """One order as stored. Times are UTC, to the millisecond.

    `version` grows with every write, and every write is conditional on it: a worker that lost its lease cannot write.
    `due_at` is when anyone may next work on what is owed (None: nothing is); until `leased_until` one worker does.
    """

    id: str = Field(validation_alias="_id", serialization_alias="_id")
    user_id: str
    key: str
    fingerprint: str
    status: Status
    owes: Message | None
    lines: tuple[Line, ...]
    total_cents: int | None = None
    currency: Literal["EUR"] = CURRENCY
    refusal: Refusal | None = None
    created_at: datetime
    updated_at: datetime
    placed_at: datetime | None = None
    version: int = 1
    attempts: int = 1
    leased_until: datetime
    due_at: datetime | None

    @classmethod
    def open(
        cls, *, user_id: str, key: str, fingerprint: str, lines: Sequence[Line], now: datetime, lease: timedelta
    ) -> Self:
        """A pending order, leased to the request that opens it."""
        return cls(
            id=str(uuid4()),
            user_id=user_id,
            key=key,
            fingerprint=fingerprint,
            status="pending",
            owes="reserve",
            lines=tuple(lines),
            created_at=now,
            updated_at=now,
            leased_until=now + lease,
            due_at=now + lease,
        )

    def leased(self, *, now: datetime, lease: timedelta) -> Self:
        """The same order, worked on by one worker until the lease ends."""
        return self._with(leased_until=now + lease, due_at=now + lease, attempts=self.attempts + 1)

    def postponed(self, *, now: datetime, jitter: float) -> Self:
        """The same order, to be tried again later: 1 s, 2 s, 4 s ... 60 s, shortened by `jitter` (0 to 1) of a half."""
        pause = min(FIRST_PAUSE * 2 ** min(self.attempts - 1, 10), LONGEST_PAUSE)
        return self._with(leased_until=now, due_at=now + pause * (1 - jitter / 2))

    def placed(self, offers: Mapping[str, Offer], *, now: datetime) -> Self:
        """Placed at the offered prices, which are fixed from here on.

        Raises KeyError when a line has no offer.
        """
        lines = tuple(line.model_copy(update=offers[line.product_id].model_dump()) for line in self.lines)
        total = sum(line.quantity * offers[line.product_id].price_cents for line in lines)
        return self._moved("placed", "confirm", now, lines=lines, total_cents=total, placed_at=now)

    def rejected(self, refusal: Refusal, *, now: datetime) -> Self:
        """Rejected for good; a new attempt needs a new idempotency key."""
        return self._moved("rejected", "release", now, refusal=refusal)

    def cancelling(self, *, now: datetime, lease: timedelta) -> Self:
        """On its way to cancelled, leased to the request that cancels; durable before the stock is given back."""
        return self._moved("cancelling", "release", now, leased_until=now + lease, due_at=now + lease, attempts=1)

    def settled(self, *, now: datetime) -> Self:
        """The owed message was delivered: nothing is owed any more."""
        if self.status == "cancelling":
            return self._moved("cancelled", None, now)
        return self._with(owes=None, due_at=None, leased_until=now)

    def as_placed(self) -> Self:
        """The order as it was when it was acknowledged, whatever became of it: what a repeated request is answered."""
        return self.model_copy(update={"status": "placed", "updated_at": self.placed_at})

    def _moved(self, status: Status, owes: Message | None, now: datetime, **changes: object) -> Self:
        due_at = now if owes else None
        fields = {
            "status": status,
            "owes": owes,
            "updated_at": now,
            "leased_until": now,
            "due_at": due_at,
            "attempts": 0,
        }
        return self._with(**{**fields, **changes})

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update={"version": self.version + 1, **changes})
