import asyncio
from collections.abc import Mapping

import pytest
from pydantic import SecretStr
from pymongo import AsyncMongoClient

from app.orders.main import create_app
from app.shared.application import document
from app.shared.mongo import Document
from tests.conftest import DatabaseUri
from tests.support import TokenMaker, started
from tests.unit.app.orders.support import FakeProducts, Wire
from tests.unit.app.orders.test_routes import order
from tests.unit.app.orders.test_settings import settings


class SlowToConfirm(FakeProducts):
    """Confirms take for ever; `asked` is set when one begins."""

    def __init__(self, **stock: int) -> None:
        super().__init__(**stock)
        self.asked = asyncio.Event()

    async def confirm(self, order_id: str) -> None:
        self.asked.set()
        await asyncio.Future[None]()
        await super().confirm(order_id)


@pytest.mark.anyio
async def test_shutdown_in_the_middle_of_a_message_is_prompt_and_leaves_it_owed(
    database_uri: DatabaseUri, tokens: TokenMaker
) -> None:
    uri = database_uri("orders")
    products = SlowToConfirm(lamp=3)
    wire = Wire(products).transport()
    configured = settings(mongodb_uri=SecretStr(uri), recovery_seconds=0.01, stop_seconds=0.05)
    async with asyncio.timeout(10):
        async with started(create_app(configured, keys=tokens.keys, auth=wire, products=wire)) as api:
            api.headers.update(tokens.bearer())
            placed = (await order(api, lamp=1)).json()
            await products.asked.wait()
    async with AsyncMongoClient[Document](uri, tz_aware=True) as client:
        kept = await client.get_default_database()["orders"].find_one({"_id": placed["id"]})
    assert kept is not None
    assert (kept["status"], kept["owes"]) == ("placed", "confirm")
    assert products.states == {placed["id"]: "reserved"}


@pytest.mark.anyio
async def test_pod_becomes_ready_when_auth_comes_up_late(database_uri: DatabaseUri, tokens: TokenMaker) -> None:
    failures = 2

    async def keys() -> Mapping[str, object]:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            message = "auth is not there yet"
            raise ConnectionError(message)
        return await tokens.keys()

    wire = Wire(FakeProducts()).transport()
    app = create_app(settings(mongodb_uri=SecretStr(database_uri("orders"))), keys=keys, auth=wire, products=wire)
    async with started(app) as api:
        assert (await api.get("/readyz")).json()["status"] == "ready"


def test_document_shows_every_answer_the_routes_give() -> None:
    paths = document(create_app(settings()))["paths"]
    shown = {
        (method, path): set(operation["responses"])
        for path, each in paths.items()
        for method, operation in each.items()
    }
    always = {"401", "403", "500", "503"}
    assert shown == {
        ("post", "/orders"): always | {"201", "400", "409", "413", "422", "429"},
        ("get", "/orders"): always | {"200", "400", "422"},
        ("get", "/orders/{order_id}"): always | {"200", "404", "422"},
        ("post", "/orders/{order_id}/cancel"): always | {"200", "404", "409", "422", "429"},
    }
    place = paths["/orders"]["post"]
    assert [(each["name"], each["required"]) for each in place["parameters"]] == [("Idempotency-Key", True)]
    assert set(place["responses"]["201"]["headers"]) == {"Location"}
