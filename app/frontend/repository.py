"""Sessions in MongoDB. The only module of the frontend that uses the database.

A document's `_id` is the SHA-256 of the random id in the visitor's cookie, so the database gives no one a session.
Every write is one atomic update, so that two tabs or two pods cannot undo each other's work.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.shared.mongo import Database

TOUCHED_EVERY = timedelta(days=1)


class Kept(BaseModel):
    """A value stored in a session."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BasketLine(Kept):
    """One line of a basket, with name and price (cents) as they were when it was put in."""

    quantity: int
    name: str
    slug: str
    price_cents: int


class Login(Kept):
    """Who is logged in, and the tokens; `access_until` is when the access token ends (UTC)."""

    email: str
    access_token: str
    refresh_token: str
    access_until: datetime


class Notice(Kept):
    """A sentence shown once, on the next page."""

    tone: Literal["good", "warn", "bad"]
    text: str


class LastOrder(Kept):
    """The order made with the last idempotency key."""

    key: str
    order_id: str


class Session(Kept):
    """What is kept of one visitor; `basket` is by product id, in the order of putting in."""

    basket: dict[str, BasketLine] = Field(default_factory=dict)
    login: Login | None = None
    notice: Notice | None = None
    last_order: LastOrder | None = None
    expires_at: datetime | None = None
    prolonged: bool = False
    """Its life was prolonged just now, so the browser's cookie has to be too."""


def _now() -> datetime:
    return datetime.now(UTC)


def _name(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()


class Sessions:
    """The sessions of all visitors; methods raise PyMongoError."""

    def __init__(self, database: Database, *, days: int, now: Callable[[], datetime] = _now) -> None:
        self._sessions = database["sessions"]
        self._life = timedelta(days=days)
        self._now = now

    async def prepare(self) -> None:
        """Make the index that removes ended sessions."""
        await self._sessions.create_index("expires_at", expireAfterSeconds=0, name="ended")

    async def find(self, session_id: str) -> Session | None:
        """The session, its life prolonged once a day; None when there is none or it has ended."""
        now = self._now()
        found = await self._sessions.find_one({"_id": _name(session_id), "expires_at": {"$gt": now}})
        if found is None:
            return None
        session = Session.model_validate(found)
        if session.expires_at is not None and session.expires_at < now + self._life - TOUCHED_EVERY:
            await self._change(session_id, {})
            return session.model_copy(update={"prolonged": True})
        return session

    async def put_line(self, session_id: str, product_id: str, line: BasketLine) -> None:
        """Put a line into the basket, or replace it."""
        await self._keep(session_id, {f"basket.{product_id}": line.model_dump()})

    async def set_quantity(self, session_id: str, product_id: str, quantity: int) -> None:
        """Change a line's quantity, if it is still there."""
        await self._sessions.update_one(
            {"_id": _name(session_id), f"basket.{product_id}": {"$exists": True}},
            {"$set": {f"basket.{product_id}.quantity": quantity, "expires_at": self._now() + self._life}},
        )

    async def remove_lines(self, session_id: str, product_ids: Iterable[str]) -> None:
        """Take lines out of the basket."""
        await self._change(session_id, {}, unset=[f"basket.{product_id}" for product_id in product_ids])

    async def remember_order(self, session_id: str, order: LastOrder, product_ids: Iterable[str]) -> None:
        """Note the order made, and take what was ordered out of the basket, in one write."""
        ordered = [f"basket.{product_id}" for product_id in product_ids]
        await self._change(session_id, {"last_order": order.model_dump()}, unset=ordered)

    async def notify(self, session_id: str, notice: Notice) -> None:
        """Show a sentence on the visitor's next page."""
        await self._keep(session_id, {"notice": notice.model_dump()})

    async def forget_notice(self, session_id: str) -> None:
        """The sentence was shown."""
        await self._change(session_id, {}, unset=["notice"])

    async def start(self, session_id: str, session: Session) -> None:
        """A new session with everything the given one holds."""
        kept = session.model_dump(exclude={"expires_at", "prolonged"}, exclude_none=True)
        await self._sessions.insert_one({"_id": _name(session_id), "expires_at": self._now() + self._life, **kept})

    async def end(self, session_id: str) -> None:
        """Delete the session."""
        await self._sessions.delete_one({"_id": _name(session_id)})

    async def claim_refresh(self, session_id: str, owner: str, seconds: float) -> Login | None:
        """Become the only one to refresh this session's tokens for some seconds.

        Returns the login as it is at that moment; None when another holds the claim or nobody is logged in.
        """
        now = self._now()
        found = await self._sessions.find_one_and_update(
            {"_id": _name(session_id), "login": {"$exists": True}, "refreshing_until": {"$not": {"$gt": now}}},
            {"$set": {"refreshing_until": now + timedelta(seconds=seconds), "refreshing_owner": owner}},
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else Login.model_validate(found["login"])

    async def finish_refresh(self, session_id: str, owner: str, login: Login | None) -> None:
        """Give the claim back, with the new tokens if there are any."""
        change: dict[str, Any] = {"$unset": {"refreshing_until": "", "refreshing_owner": ""}}
        if login is not None:
            change["$set"] = {"login": login.model_dump()}
        await self._sessions.update_one({"_id": _name(session_id), "refreshing_owner": owner}, change)

    async def end_login(self, session_id: str, refresh_token: str, notice: Notice) -> None:
        """Log out, keeping the basket, unless someone has logged in anew meanwhile."""
        await self._sessions.update_one(
            {"_id": _name(session_id), "login.refresh_token": refresh_token},
            {
                "$unset": {"login": "", "refreshing_until": "", "refreshing_owner": ""},
                "$set": {"notice": notice.model_dump()},
            },
        )

    async def _keep(self, session_id: str, values: Mapping[str, object]) -> None:
        """Write into the session, making it when there is none; an ended one is never revived."""
        name, now = _name(session_id), self._now()
        change = {"$set": {**values, "expires_at": now + self._life}}
        for last in (False, True):
            try:
                await self._sessions.update_one({"_id": name, "expires_at": {"$gt": now}}, change, upsert=True)
            except DuplicateKeyError:
                if last:
                    raise
                # Either another request has just made it, or an ended one is not swept away yet.
                await self._sessions.delete_one({"_id": name, "expires_at": {"$lte": now}})
            else:
                return

    async def _change(self, session_id: str, values: Mapping[str, object], unset: Iterable[str] = ()) -> None:
        """Write into an existing session only."""
        now = self._now()
        change: dict[str, Any] = {"$set": {**values, "expires_at": now + self._life}}
        if gone := dict.fromkeys(unset, ""):
            change["$unset"] = gone
        await self._sessions.update_one({"_id": _name(session_id), "expires_at": {"$gt": now}}, change)
