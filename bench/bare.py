"""What `GET /products` is compared with: the same query and JSON, with nothing but FastAPI and PyMongo."""

import os
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pymongo import ASCENDING, AsyncMongoClient

from app.products.repository import SHOWN
from app.products.schemas import Product

client = AsyncMongoClient[dict[str, Any]](os.environ["MONGODB_URI"], tz_aware=True)
products = client.get_default_database()["products"]
app = FastAPI()


class Page(BaseModel):
    """Items and where the next ones begin."""

    items: list[Product]
    next_cursor: str | None


async def _page(limit: int) -> dict[str, Any]:
    found = await products.find({"withdrawn": False}, SHOWN).sort("slug", ASCENDING).limit(limit + 1).to_list()
    following = found[limit - 1]["slug"] if len(found) > limit else None
    for item in found:
        item["id"] = item.pop("_id")
    return {"items": found[:limit], "next_cursor": following}


@app.get("/dict", response_model=None)
async def plain(limit: int = 20) -> dict[str, Any]:
    """A page as FastAPI makes JSON of a dictionary."""
    return await _page(limit)


@app.get("/model", response_model=Page)
async def modelled(limit: int = 20) -> dict[str, Any]:
    """A page as FastAPI makes JSON of a response model."""
    return await _page(limit)
