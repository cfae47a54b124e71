"""The products database: `products`, each with the units held for orders inside it, and `reservations`.

A change of stock and of its reason is one update of one document, and every such update asks for the state it starts
from. So it may be repeated, by whoever finds it half done, and needs no transaction.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import pymongo
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.products.schemas import Product
from app.shared.mongo import Database, Document

SHOWN = {"_id": True} | dict.fromkeys(Product.model_fields.keys() - {"id"}, True)


def within(seconds: float) -> AbstractContextManager[object]:
    """A limit for all database operations in the block together: none starts or goes on after it."""
    return pymongo.timeout(seconds)


class ProductRepository:
    """Products: the public fields, `words` to be found by, `holds` ({order, quantity}) already taken off `stock`."""

    def __init__(self, database: Database) -> None:
        self._products = database["products"]

    async def prepare(self) -> None:
        """Make the indexes; safe to repeat."""
        await self._products.create_index([("slug", ASCENDING)], name="slug", unique=True)
        await self._products.create_index([("withdrawn", ASCENDING), ("slug", ASCENDING)], name="listed")
        await self._products.create_index(
            [("category", ASCENDING), ("withdrawn", ASCENDING), ("slug", ASCENDING)], name="category"
        )
        await self._products.create_index([("words", ASCENDING)], name="words")

    async def page(self, *, category: str | None, words: list[str], after: str | None, limit: int) -> list[Document]:
        """Up to `limit` products on sale by slug, `after` a slug; `words` are patterns that must all be found."""
        query: Document = {"withdrawn": False}
        if category is not None:
            query["category"] = category
        if after is not None:
            query["slug"] = {"$gt": after}
        if words:
            query["$and"] = [{"words": {"$regex": word}} for word in words]
        return await self._products.find(query, SHOWN).sort("slug", ASCENDING).limit(limit).to_list()

    async def one(self, field: str, value: str) -> Document | None:
        """The product whose `_id` or `slug` is given."""
        return await self._products.find_one({field: value}, SHOWN)

    async def many(self, ids: Iterable[str]) -> dict[str, Document]:
        """Products by id; unknown ids are left out."""
        found = await self._products.find({"_id": {"$in": list(ids)}}, SHOWN).to_list()
        return {each["_id"]: each for each in found}

    async def add(self, product: Document) -> bool:
        """Store a new product; False when its slug is taken."""
        try:
            await self._products.insert_one({**product, "holds": []})
        except DuplicateKeyError:
            return False
        return True

    async def change(self, product_id: str, version: int, changes: Document) -> Document | None:
        """Set fields if the product still has this version; the changed product, or None."""
        return await self._products.find_one_and_update(
            {"_id": product_id, "version": version},
            {"$set": changes, "$inc": {"version": 1}},
            projection=SHOWN,
            return_document=ReturnDocument.AFTER,
        )

    async def hold(self, product_id: str, order_id: str, quantity: int) -> bool:
        """Take units off the stock for an order, once; False when there are too few, or the product is withdrawn."""
        taken = await self._products.update_one(
            {"_id": product_id, "withdrawn": False, "stock": {"$gte": quantity}, "holds.order": {"$ne": order_id}},
            {"$inc": {"stock": -quantity, "version": 1}, "$push": {"holds": {"order": order_id, "quantity": quantity}}},
        )
        if taken.modified_count:
            return True
        return await self._products.find_one({"_id": product_id, "holds.order": order_id}, {"_id": True}) is not None

    async def give_back(self, product_id: str, order_id: str, quantity: int) -> None:
        """Return held units to the stock, once; nothing when none are held."""
        await self._products.update_one(
            {"_id": product_id, "holds.order": order_id},
            {"$inc": {"stock": quantity, "version": 1}, "$pull": {"holds": {"order": order_id}}},
        )

    async def sell(self, product_id: str, order_id: str) -> None:
        """Forget that units are held: they are gone for good. The stock stays as it is."""
        await self._products.update_one({"_id": product_id}, {"$pull": {"holds": {"order": order_id}}})

    async def unsell(self, product_id: str, order_id: str, quantity: int) -> None:
        """Hold sold units again, once, so that they can be given back."""
        await self._products.update_one(
            {"_id": product_id, "holds.order": {"$ne": order_id}},
            {"$push": {"holds": {"order": order_id, "quantity": quantity}}},
        )


class ReservationRepository:
    """Reservations: `_id` is the order's; `state`, `lines`, `lease` while a call works on it, `expires_at` (TTL)."""

    def __init__(self, database: Database) -> None:
        self._reservations = database["reservations"]

    async def prepare(self) -> None:
        """Make the indexes; safe to repeat."""
        await self._reservations.create_index([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0)

    async def add(self, reservation: Document) -> bool:
        """Store a new reservation; False when the order has one."""
        try:
            await self._reservations.insert_one(reservation)
        except DuplicateKeyError:
            return False
        return True

    async def get(self, order_id: str) -> Document | None:
        """The order's reservation."""
        return await self._reservations.find_one({"_id": order_id})

    async def move(self, known: Document, changes: Document) -> Document | None:
        """Change a reservation if it is still in the known state and lease; the changed one, or None."""
        return await self._reservations.find_one_and_update(
            {"_id": known["_id"], "state": known["state"], "lease": known["lease"]},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
        )
