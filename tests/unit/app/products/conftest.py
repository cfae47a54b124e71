"""The products application on a database of its own, with tokens a test signs itself."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from app.products.main import create_app
from app.products.settings import Settings
from tests.conftest import DatabaseUri
from tests.support import PUBLIC_URL, TokenMaker, started

MakeSettings = Callable[..., Settings]
AddProduct = Callable[..., Any]


@pytest.fixture
def make_settings(database_uri: DatabaseUri) -> MakeSettings:
    """Settings for a test; any can be replaced."""
    uri = database_uri("products")

    def make(**changes: Any) -> Settings:
        values: dict[str, Any] = {
            "stack": "local",
            "public_url": PUBLIC_URL,
            "mongodb_uri": uri,
            "auth_url": "http://auth",
        }
        return Settings(**(values | changes))

    return make


@pytest.fixture
async def products(make_settings: MakeSettings, tokens: TokenMaker) -> AsyncIterator[httpx.AsyncClient]:
    """A started products service with no product in it."""
    async with started(create_app(make_settings(), keys=tokens.keys)) as client:
        yield client


@pytest.fixture
def staff(tokens: TokenMaker) -> dict[str, str]:
    """Headers of a member of staff."""
    return tokens.bearer("staff-1", "staff")


@pytest.fixture
def orders(tokens: TokenMaker) -> dict[str, str]:
    """Headers of the orders service."""
    return tokens.service("orders", "products")


@pytest.fixture
def add_product(products: httpx.AsyncClient, staff: dict[str, str]) -> AddProduct:
    """`await add_product("slug", stock=3)`: the product as the API answers it."""

    async def add(slug: str, **changes: Any) -> dict[str, Any]:
        body = {"slug": slug, "name": slug.replace("-", " ").title(), "category": "ceramics", "price_cents": 1000}
        answer = await products.post("/products", json={**body, "stock": 5, "picture": slug, **changes}, headers=staff)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return add
