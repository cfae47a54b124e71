"""The catalogue: what is listed, and who may change it how."""

import json
import logging
import re
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from pydantic import TypeAdapter
from pydantic_core import to_json

from app.products.errors import SlugTaken
from app.products.repository import ProductRepository
from app.products.schemas import NewProduct, Product, ProductChange
from app.products.words import prefixes_of, words_of
from app.shared.errors import NotFound, PreconditionFailed
from app.shared.mongo import Document
from app.shared.pages import Cursors

log = logging.getLogger(__name__)

SEED = Path(__file__).with_name("seed.json")
_ID = re.compile(r"^[0-9a-f]{32}$")


class Catalogue:
    """Lists, shows and changes products."""

    def __init__(self, products: ProductRepository, cursors: Cursors) -> None:
        self._products = products
        self._cursors = cursors

    async def page(self, *, query: str | None, category: str | None, limit: int, cursor: str | None) -> bytes:
        """A page of products as the JSON of `schemas.Page`; raises `InvalidCursor`.

        Straight from the documents to bytes, because this is what shoppers ask for most: models would cost as much
        as the query.
        """
        query = (query or "").strip()
        words = prefixes_of(query)
        if query and not words:
            return to_json({"items": [], "next_cursor": None})
        scope = json.dumps(["products", category, words])
        after = str(self._cursors.decode(scope, cursor)[0]) if cursor is not None else None
        items = await self._products.page(category=category, words=words, after=after, limit=limit + 1)
        following = None
        if len(items) > limit:
            del items[limit:]
            following = self._cursors.encode(scope, items[-1]["slug"])
        for item in items:
            item["id"] = item.pop("_id")
        return to_json({"items": items, "next_cursor": following})

    async def one(self, id_or_slug: str) -> Product:
        """A product, also a withdrawn one; raises `NotFound`."""
        field = "_id" if _ID.match(id_or_slug) else "slug"
        found = await self._products.one(field, id_or_slug)
        if found is None:
            raise _unknown(id_or_slug)
        return _shown(found)

    async def add(self, new: NewProduct) -> Product:
        """Put a product on sale; raises `SlugTaken`."""
        document = _document(new, uuid4().hex)
        if _ID.match(new.slug) or not await self._products.add(document):
            msg = f"The slug {new.slug} is taken. Choose another."
            raise SlugTaken(msg)
        return _shown(document)

    async def change(self, id_or_slug: str, version: int, change: ProductChange) -> Product:
        """Change a product that still has this version; raises `NotFound` or `PreconditionFailed`."""
        before = await self.one(id_or_slug)
        changes = change.model_dump(exclude_none=True)
        after = before.model_copy(update=changes)
        changes["words"] = words_of(after.name, after.description, after.category)
        changed = await self._products.change(before.id, version, changes)
        if changed is None:
            msg = f"The product no longer has version {version}. Load it again and repeat the change."
            raise PreconditionFailed(msg)
        return _shown(changed)

    async def withdraw(self, id_or_slug: str, version: int) -> None:
        """Take a product off sale; it is kept for the orders that name it."""
        await self.change(id_or_slug, version, ProductChange(withdrawn=True))

    async def seed(self) -> None:
        """Add the products of seed.json that are absent; the same ids in every replica and every stack."""
        added = 0
        for new in TypeAdapter(list[NewProduct]).validate_json(SEED.read_bytes()):
            added += await self._products.add(_document(new, uuid5(NAMESPACE_URL, f"a-tu-mano:{new.slug}").hex))
        if added:
            log.info("catalogue seeded", extra={"added": added})


def _document(new: NewProduct, product_id: str) -> Document:
    return {
        "_id": product_id,
        **new.model_dump(),
        "currency": "EUR",
        "version": 1,
        "withdrawn": False,
        "words": words_of(new.name, new.description, new.category),
    }


def _shown(document: Document) -> Product:
    fields: dict[str, Any] = {**document, "id": document["_id"]}
    return Product.model_validate(fields)


def _unknown(id_or_slug: str) -> NotFound:
    msg = f"There is no product {id_or_slug}. Look for it in the catalogue."
    return NotFound(msg)
