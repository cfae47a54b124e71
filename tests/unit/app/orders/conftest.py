"""A shop per test: thirty lamps and three vases, a fresh database."""

from collections.abc import AsyncIterator

import pytest
from pymongo import AsyncMongoClient

from app.shared.mongo import Document
from tests.conftest import DatabaseUri
from tests.unit.app.orders.support import FakeProducts, Shop


@pytest.fixture
async def shop(database_uri: DatabaseUri) -> AsyncIterator[Shop]:
    async with AsyncMongoClient[Document](database_uri("orders"), tz_aware=True) as client:
        shop = Shop(client.get_default_database(), FakeProducts(lamp=30, vase=3))
        await shop.repository.prepare()
        yield shop
