"""Orders in MongoDB: the only module here that speaks to it.

The idempotency record *is* the order document (unique index on buyer and key), so the two are always written together
and no transaction is needed. A key lives as long as its order, that is for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from app.orders.order import Order

Document = dict[str, Any]

INDEXES = [
    IndexModel([("user_id", ASCENDING), ("key", ASCENDING)], name="one_order_per_key", unique=True),
    IndexModel([("user_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="newest_first"),
    IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression={"due_at": {"$type": "date"}}),
    IndexModel([("created_at", ASCENDING)], name="pending", partialFilterExpression={"status": "pending"}),
]


class OrderRepository:
    """Stores, finds and leases orders. Every write but the first is conditional on the version that was read."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._orders = database["orders"]

    async def prepare(self) -> None:
        """Make the indexes that are missing; may run in every pod at once."""
        await self._orders.create_indexes(INDEXES)

    async def add(self, order: Order) -> bool:
        """Store a new order; False when the buyer already has one with this key."""
        try:
            await self._orders.insert_one(order.model_dump(by_alias=True))
        except DuplicateKeyError:
            return False
        return True

    async def save(self, after: Order) -> bool:
        """Replace the version before this one; False when another worker was faster."""
        before = {"_id": after.id, "version": after.version - 1}
        result = await self._orders.replace_one(before, after.model_dump(by_alias=True))
        return result.matched_count == 1

    async def get(self, order_id: str) -> Order | None:
        """The order, whoever bought it."""
        return _order(await self._orders.find_one({"_id": order_id}))

    async def by_key(self, user_id: str, key: str) -> Order | None:
        """The order the buyer made with this idempotency key."""
        return _order(await self._orders.find_one({"user_id": user_id, "key": key}))

    async def page(self, user_id: str, *, before: tuple[datetime, str] | None, limit: int) -> list[Order]:
        """The buyer's orders, newest first, from behind the (created_at, id) of the last one seen."""
        query: Document = {"user_id": user_id}
        if before is not None:
            moment, order_id = before
            query["$or"] = [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": order_id}}]
        cursor = self._orders.find(query).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [Order.model_validate(document) async for document in cursor]

    async def claim_due(self, *, now: datetime, lease: timedelta) -> Order | None:
        """Lease the order that is due for longest, to one caller only; None when nothing is due."""
        until = now + lease
        document = await self._orders.find_one_and_update(
            {"due_at": {"$lte": now}},
            {"$set": {"leased_until": until, "due_at": until}, "$inc": {"version": 1, "attempts": 1}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return _order(document)

    async def oldest_pending(self) -> datetime | None:
        """When the oldest order that is still pending was made."""
        document = await self._orders.find_one(
            {"status": "pending"}, {"created_at": 1}, sort=[("created_at", ASCENDING)]
        )
        return None if document is None else document["created_at"]


def _order(document: Mapping[str, Any] | None) -> Order | None:
    return None if document is None else Order.model_validate(document)
