import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from app.orders.main import create_app
from app.orders.settings import Settings
from app.shared.errors import TYPE_BASE
from tests.conftest import DatabaseUri
from tests.support import TokenMaker, started
from tests.unit.app.orders.support import FakeProducts, Wire
from tests.unit.app.orders.test_settings import settings

pytestmark = pytest.mark.anyio

BODY = {"lines": [{"product_id": "lamp", "quantity": 2}]}


@pytest.fixture
def configured(database_uri: DatabaseUri) -> Settings:
    return settings(mongodb_uri=SecretStr(database_uri("orders")), recovery_seconds=0.05, writes_burst=100)


@pytest.fixture
def products() -> FakeProducts:
    return FakeProducts(lamp=30, vase=3)


@pytest.fixture
async def api(configured: Settings, products: FakeProducts, tokens: TokenMaker) -> AsyncIterator[httpx.AsyncClient]:
    wire = Wire(products).transport()
    async with started(create_app(configured, keys=tokens.keys, auth=wire, products=wire)) as client:
        client.headers.update(tokens.bearer("user-1"))
        yield client


async def order(api: httpx.AsyncClient, key: str = "key-1", **quantities: int) -> httpx.Response:
    wanted = [{"product_id": product, "quantity": quantity} for product, quantity in quantities.items()]
    return await api.post("/orders", json={"lines": wanted}, headers={"Idempotency-Key": key})


def is_problem(answer: httpx.Response, status: int, slug: str) -> bool:
    assert answer.headers["content-type"] == "application/problem+json"
    return (answer.status_code, answer.json()["type"]) == (status, TYPE_BASE + slug)


class TestPlacing:
    """POST /orders: 201 with where the order is, or a problem that says what to do."""

    async def test_placed_order_is_answered_with_its_location(self, api: httpx.AsyncClient) -> None:
        answer = await order(api, lamp=2)
        assert answer.status_code == 201
        body = answer.json()
        assert (body["status"], body["total_cents"], body["currency"]) == ("placed", 3980, "EUR")
        assert body["lines"] == [{"product_id": "lamp", "name": "Lamp", "quantity": 2, "price_cents": 1990}]
        assert answer.headers["location"] == f"/orders/{body['id']}"
        assert (await api.get(answer.headers["location"])).json() == body

    async def test_repeated_request_gets_the_same_bytes(self, api: httpx.AsyncClient) -> None:
        first = await order(api, lamp=2)
        await api.post(f"{first.headers['location']}/cancel")
        again = await order(api, lamp=2)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["location"] == first.headers["location"]

    @pytest.mark.parametrize("key", [None, "", "two words", "k" * 129])
    async def test_missing_or_malformed_key_is_answered_400(self, api: httpx.AsyncClient, key: str | None) -> None:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await api.post("/orders", json=BODY, headers=headers)
        assert is_problem(answer, 400, "idempotency-key-required")

    async def test_key_with_another_body_is_answered_422(self, api: httpx.AsyncClient) -> None:
        await order(api, lamp=2)
        assert is_problem(await order(api, lamp=1), 422, "idempotency-key-reused")

    async def test_invalid_body_is_answered_422(self, api: httpx.AsyncClient) -> None:
        assert is_problem(await order(api, lamp=0), 422, "invalid-request")

    async def test_short_stock_is_answered_409_with_the_product(self, api: httpx.AsyncClient) -> None:
        answer = await order(api, vase=4)
        assert is_problem(answer, 409, "out-of-stock")
        assert answer.json()["product_id"] == "vase"
        assert (await api.get(f"/orders/{answer.json()['order_id']}")).json()["reason"] == "out-of-stock"

    async def test_unreachable_products_are_answered_503_and_the_same_key_completes(
        self, api: httpx.AsyncClient, products: FakeProducts
    ) -> None:
        products.outage = "after"
        answer = await order(api, lamp=2)
        assert is_problem(answer, 503, "not-placed-yet")
        assert answer.headers["retry-after"] == "2"
        products.outage = None
        for _ in range(100):
            answer = await order(api, lamp=2)
            if answer.status_code == 201:
                break
            assert is_problem(answer, 409, "in-progress")
            await asyncio.sleep(0.02)
        assert answer.json()["status"] == "placed"
        assert products.stock["lamp"] == 28

    async def test_concurrent_requests_with_one_key_make_one_order(
        self, api: httpx.AsyncClient, products: FakeProducts
    ) -> None:
        answers = await asyncio.gather(*(order(api, lamp=2) for _ in range(10)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        assert products.stock["lamp"] == 28

    async def test_recovery_loop_confirms_in_the_background(
        self, api: httpx.AsyncClient, products: FakeProducts
    ) -> None:
        placed = (await order(api, lamp=2)).json()
        async with asyncio.timeout(10):
            await products.confirmed.wait()
        assert (await api.get(f"/orders/{placed['id']}")).json() == placed


class TestReadingAndCancelling:
    """Buyers see and cancel their own orders, and learn nothing of others'."""

    async def test_pages_lead_through_the_buyers_own_orders(self, api: httpx.AsyncClient, tokens: TokenMaker) -> None:
        for index in range(5):
            await order(api, str(index), lamp=1)
        await api.post("/orders", json=BODY, headers={"Idempotency-Key": "x", **tokens.bearer("user-2")})
        seen: list[str] = []
        params: dict[str, str] = {"limit": "2"}
        sizes = []
        for _ in range(3):
            page = (await api.get("/orders", params=params)).json()
            sizes.append(len(page["items"]))
            seen += [each["created_at"] for each in page["items"]]
            params["cursor"] = page["next_cursor"]
        assert (sizes, page["next_cursor"]) == ([2, 2, 1], None)
        assert len(seen) == 5
        assert seen == sorted(seen, reverse=True)

    async def test_cursor_of_another_buyer_is_refused(self, api: httpx.AsyncClient, tokens: TokenMaker) -> None:
        for index in range(2):
            await order(api, str(index), lamp=1)
        cursor = (await api.get("/orders", params={"limit": "1"})).json()["next_cursor"]
        answer = await api.get("/orders", params={"cursor": cursor}, headers=tokens.bearer("user-2"))
        assert is_problem(answer, 400, "invalid-cursor")

    async def test_anothers_order_is_answered_404(self, api: httpx.AsyncClient, tokens: TokenMaker) -> None:
        path = (await order(api, lamp=1)).headers["location"]
        other = tokens.bearer("user-2")
        assert is_problem(await api.get(path, headers=other), 404, "not-found")
        assert is_problem(await api.post(f"{path}/cancel", headers=other), 404, "not-found")

    async def test_cancel_gives_the_stock_back_and_may_be_repeated(
        self, api: httpx.AsyncClient, products: FakeProducts
    ) -> None:
        path = (await order(api, lamp=2)).headers["location"]
        for _ in range(2):
            answer = await api.post(f"{path}/cancel")
            assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert products.stock["lamp"] == 30

    async def test_rejected_order_is_answered_409_to_a_cancel(self, api: httpx.AsyncClient) -> None:
        rejected = (await order(api, vase=4)).json()["order_id"]
        assert is_problem(await api.post(f"/orders/{rejected}/cancel"), 409, "not-cancellable")


class TestAccess:
    """Only people with a token meant for orders get in, and not too often."""

    @pytest.mark.parametrize(("method", "path"), [("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/x")])
    async def test_request_without_a_token_is_answered_401(
        self, api: httpx.AsyncClient, method: str, path: str
    ) -> None:
        del api.headers["Authorization"]
        assert is_problem(await api.request(method, path, json=BODY), 401, "unauthorized")

    async def test_service_is_answered_403(self, api: httpx.AsyncClient, tokens: TokenMaker) -> None:
        answer = await api.get("/orders", headers=tokens.service("frontend", "orders"))
        assert is_problem(answer, 403, "forbidden")

    async def test_writes_are_limited_per_user(
        self, configured: Settings, products: FakeProducts, tokens: TokenMaker
    ) -> None:
        wire = Wire(products).transport()
        few = configured.model_copy(update={"writes_burst": 2, "writes_per_minute": 0.1})
        async with started(create_app(few, keys=tokens.keys, auth=wire, products=wire)) as api:
            api.headers.update(tokens.bearer("user-1"))
            answers = [await order(api, lamp=1) for _ in range(3)]
            assert Counter(answer.status_code for answer in answers) == {201: 2, 429: 1}
            assert is_problem(answers[-1], 429, "too-many-requests")
            assert int(answers[-1].headers["retry-after"]) > 1
            assert (await api.get("/orders")).status_code == 200
            other = tokens.bearer("user-2")
            answer = await api.post("/orders", json=BODY, headers={"Idempotency-Key": "k", **other})
            assert answer.status_code == 201
