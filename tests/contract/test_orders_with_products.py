"""Orders against the real products service, in process: the calls of each are the other's."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from itertools import count
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from pymongo import AsyncMongoClient

from app.auth.main import create_app as create_auth
from app.auth.settings import Settings as AuthSettings
from app.orders.errors import OutOfStock, ProductUnavailable
from app.orders.main import create_app as create_orders
from app.orders.order import Line, Order
from app.orders.products import HttpProducts
from app.orders.recovery import Recovery
from app.orders.repository import OrderRepository
from app.orders.service import OrderService
from app.orders.settings import Settings as OrdersSettings
from app.products.main import create_app as create_products
from app.products.settings import Settings as ProductsSettings
from app.shared.errors import ApiError
from app.shared.mongo import Database, Document
from tests.conftest import DatabaseUri
from tests.support import PUBLIC_URL, TokenMaker, started
from tests.unit.app.orders.support import Clock

pytestmark = pytest.mark.anyio

UNITS = 30
COMMON = {"stack": "local", "public_url": PUBLIC_URL, "auth_url": "http://auth", "products_url": "http://products"}


class LossyWire(httpx.AsyncBaseTransport):
    """Loses the n-th call: the request before it arrives, or the answer after it was carried out."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.calls = 0
        self.lose: tuple[int, Literal["request", "answer"]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        lost = self.lose[1] if self.lose and self.lose[0] == self.calls else None
        if lost == "request":
            raise httpx.ConnectError(lost)
        answer = await self._inner.handle_async_request(request)
        if lost == "answer":
            await answer.aread()
            raise httpx.ReadError(lost)
        return answer


class Shop:
    """The products service with one lamp on its shelf, and pods of orders that reach it by a wire."""

    def __init__(self, *, products: httpx.AsyncClient, wire: LossyWire, database: Database, service: str) -> None:
        self.products = products
        self.wire = wire
        self.database = database
        self.clock = Clock()
        self.lamp = ""
        self._headers = {"Authorization": service}

    def pod(self) -> OrderService:
        """A pod that gives up a call the first time it fails, so that recovery has something to do."""
        http = httpx.AsyncClient(base_url="http://products", transport=self.wire, headers=self._headers)
        repository = OrderRepository(self.database)
        return OrderService(repository, HttpProducts(http, sleep=no_patience), clock=self.clock)

    async def stock(self) -> int:
        """Lamps that can be ordered now."""
        stock: int = (await self.products.get(f"/products/{self.lamp}")).json()["stock"]
        return stock

    async def assert_agreement(self) -> list[Order]:
        """After recovery every order is settled and products says of each what orders says; the orders."""
        self.clock.pass_(timedelta(minutes=2))
        while await Recovery(self.pod()).sweep():
            pass
        orders = [Order.model_validate(each) async for each in self.database["orders"].find()]
        sold = 0
        for order in orders:
            assert order.owes is None
            path = f"/internal/reservations/{order.id}"
            state = (await self.products.get(path, headers=self._headers)).json()["state"]
            assert (order.status, state) in {
                ("placed", "confirmed"), ("rejected", "refused"), ("cancelled", "released"),
            }  # fmt: skip
            sold += order.lines[0].quantity if order.status == "placed" else 0
        assert await self.stock() == UNITS - sold >= 0
        return orders


class OutOfPatience(Exception):
    """Raised where a pod would wait before it repeats a call."""


async def no_patience(seconds: float) -> None:
    raise OutOfPatience


def wanted(product_id: str, quantity: int) -> list[Line]:
    return [Line(product_id=product_id, quantity=quantity)]


@pytest.fixture
async def shop(database_uri: DatabaseUri, tokens: TokenMaker) -> AsyncIterator[Shop]:
    settings = ProductsSettings.model_validate({**COMMON, "mongodb_uri": SecretStr(database_uri("products"))})
    app = create_products(settings, keys=tokens.keys)
    uri = database_uri("orders")
    async with started(app) as products, AsyncMongoClient[Document](uri, tz_aware=True) as client:
        shop = Shop(
            products=products,
            wire=LossyWire(app),
            database=client.get_default_database(),
            service=tokens.service("orders", "products")["Authorization"],
        )
        await OrderRepository(shop.database).prepare()
        shop.lamp = await on_sale(products, tokens.bearer("staff-1", "staff"))
        yield shop


async def on_sale(products: httpx.AsyncClient, staff: Mapping[str, str]) -> str:
    lamp = {
        "slug": "lamp",
        "name": "Lamp",
        "category": "ceramics",
        "price_cents": 1990,
        "stock": UNITS,
        "picture": "lamp",
    }
    answer = await products.post("/products", json=lamp, headers=staff)
    assert answer.status_code == 201, answer.text
    lamp_id: str = answer.json()["id"]
    return lamp_id


async def test_order_is_placed_at_the_price_of_products_and_cancelled(shop: Shop) -> None:
    order = await shop.pod().place("user-1", "key", wanted(shop.lamp, 2))
    assert [(line.name, line.price_cents) for line in order.lines] == [("Lamp", 1990)]
    assert await shop.stock() == UNITS - 2
    await shop.assert_agreement()
    await shop.pod().cancel("user-1", order.id)
    assert [each.status for each in await shop.assert_agreement()] == ["cancelled"]


async def test_refusals_of_products_are_understood(shop: Shop) -> None:
    with pytest.raises(OutOfStock) as caught:
        await shop.pod().place("user-1", "a", wanted(shop.lamp, UNITS + 1))
    assert caught.value.extensions["product_id"] == shop.lamp
    with pytest.raises(ProductUnavailable) as caught_too:
        await shop.pod().place("user-1", "b", wanted("no-such-product", 1))
    assert caught_too.value.extensions["product_id"] == "no-such-product"
    assert {each.status for each in await shop.assert_agreement()} == {"rejected"}


async def test_eighty_orders_at_once_for_thirty_units_sell_thirty(shop: Shop) -> None:
    pods = [shop.pod(), shop.pod()]

    async def order(index: int) -> object:
        try:
            return await pods[index % 2].place(f"user-{index}", "key", wanted(shop.lamp, 1))
        except (OutOfStock, OutOfPatience) as refused:
            return refused

    answers = Counter(type(answer) for answer in await asyncio.gather(*(order(index) for index in range(80))))
    assert answers[Order] <= UNITS
    orders = await shop.assert_agreement()
    assert Counter(each.status for each in orders) == {"placed": UNITS, "rejected": 80 - UNITS}


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("quantity", [2, UNITS + 1])
async def test_whichever_call_is_lost_stock_and_orders_agree_in_the_end(
    shop: Shop, lost: Literal["request", "answer"], quantity: int
) -> None:
    for index in count(1):
        shop.wire.calls, shop.wire.lose = 0, (index, lost)
        key = f"key-{index}"
        with suppress(ApiError, OutOfPatience):
            order = await shop.pod().place("user-1", key, wanted(shop.lamp, quantity))
            with suppress(OutOfPatience):
                await Recovery(shop.pod()).sweep()
            await shop.pod().cancel("user-1", order.id)
        used = shop.wire.calls
        shop.wire.lose = None
        await shop.assert_agreement()
        known = await OrderRepository(shop.database).by_key("user-1", key)
        assert known is not None
        if known.status == "placed":
            await shop.pod().cancel("user-1", known.id)
        if used < index:
            break
    assert index > (3 if quantity == 2 else 1)
    assert await shop.stock() == UNITS


async def test_tokens_of_the_real_auth_service_open_every_door(database_uri: DatabaseUri) -> None:
    async def app_keys() -> Mapping[str, Any]:
        keys: Mapping[str, Any] = (await auth.get("/auth/jwks.json")).json()
        return keys

    uris = {name: {**COMMON, "mongodb_uri": SecretStr(database_uri(name))} for name in ("auth", "products", "orders")}
    secret = {"orders_client_secret": SecretStr("a secret shared by two services")}
    account = {"email": "buyer@example.com", "password": "correct horse battery"}
    auth_only = {
        "token_clients": "orders",
        "signing_key_encryption": SecretStr("k" * 32),
        "staff_email": "staff@example.com",
        "staff_password": SecretStr("staff password"),
    }
    auth_app = create_auth(AuthSettings.model_validate({**uris["auth"], **secret, **auth_only}))
    products_app = create_products(ProductsSettings.model_validate(uris["products"]), keys=app_keys)
    orders_app = create_orders(
        OrdersSettings.model_validate({**uris["orders"], **secret}),
        keys=app_keys,
        auth=httpx.ASGITransport(auth_app),
        products=httpx.ASGITransport(products_app),
    )
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(started(auth_app))
        products = await stack.enter_async_context(started(products_app))
        orders = await stack.enter_async_context(started(orders_app))

        async def signed_in(who: dict[str, str]) -> dict[str, str]:
            return {"Authorization": f"Bearer {(await auth.post('/auth/login', json=who)).json()['access_token']}"}

        await auth.post("/auth/register", json=account)
        staff = await signed_in({"email": "staff@example.com", "password": "staff password"})
        lamp = await on_sale(products, staff)
        buyer = await signed_in(account)
        body = {"lines": [{"product_id": lamp, "quantity": 1}]}
        placed = await orders.post("/orders", json=body, headers={**buyer, "Idempotency-Key": "k"})
        assert (placed.status_code, placed.json()["total_cents"]) == (201, 1990), placed.text
        cancelled = await orders.post(f"{placed.headers['location']}/cancel", headers=buyer)
        assert cancelled.json()["status"] == "cancelled", cancelled.text
