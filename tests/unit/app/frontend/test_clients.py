"""The services over HTTP: what is asked, and what each answer becomes."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.frontend.clients import HttpAuth, HttpOrders, HttpProducts, Unanswered
from app.frontend.errors import (
    NoSuchOrder,
    NoSuchProduct,
    NotCancellable,
    OrderRejected,
    OrderUnknown,
    OutOfStock,
    Refused,
    ServiceDown,
    StillPlacing,
)
from app.frontend.schemas import Wanted
from app.shared.errors import TooManyRequests, Unauthorized

pytestmark = pytest.mark.anyio

PRODUCT: dict[str, Any] = {
    "id": "p1", "slug": "bowl", "name": "Bowl", "description": "Round.", "category": "ceramics", "price_cents": 2400,
    "currency": "EUR", "stock": 3, "picture": "bowl", "version": 7, "withdrawn": False,
}  # fmt: skip
ORDER: dict[str, Any] = {
    "id": "o1", "status": "placed", "reason": None, "total_cents": 4800, "currency": "EUR",
    "lines": [{"product_id": "p1", "name": "Bowl", "quantity": 2, "price_cents": 2400}],
    "created_at": "2026-11-24T23:41:00Z", "updated_at": "2026-11-24T23:41:00Z",
}  # fmt: skip
LINES = [Wanted(product_id="p1", quantity=2, price_cents=2400)]
TOKENS = {"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 900}

Answer = httpx.Response | httpx.TransportError


class Service:
    """Gives prepared answers, one a request, and remembers what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer), base_url="http://service")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    @property
    def body(self) -> Any:
        return json.loads(self.asked[-1].content)


def ok(body: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def problem(status: int, slug: str = "", **members: object) -> httpx.Response:
    return httpx.Response(status, json={"type": f"https://a-tu-mano.example/problems/{slug}", **members})


async def test_the_catalogue_is_asked_for_what_is_wanted_only() -> None:
    service = Service(ok({"items": [PRODUCT], "next_cursor": "c"}), ok({"items": [], "next_cursor": None}))
    products = HttpProducts(service.http, "products")
    page = await products.page(query="", category="", cursor="")
    assert (page.items[0].name, page.next_cursor) == ("Bowl", "c")
    assert str(service.asked[0].url) == "http://service/products"
    await products.page(query="a b", category="kitchen", cursor="c")
    assert dict(service.asked[1].url.params) == {"q": "a b", "category": "kitchen", "cursor": "c"}


@pytest.mark.parametrize("status", [400, 422])
async def test_a_cursor_of_another_list_is_nothing(status: int) -> None:
    with pytest.raises(NoSuchProduct):
        await HttpProducts(Service(problem(status)).http, "products").page(query="", category="", cursor="x")


async def test_a_product_is_one_segment_of_the_path() -> None:
    service = Service(ok(PRODUCT), problem(404))
    products = HttpProducts(service.http, "products")
    assert (await products.get("../x?y")).id == "p1"
    assert service.asked[0].url.raw_path == b"/products/..%2Fx%3Fy"
    with pytest.raises(NoSuchProduct):
        await products.get("none")


@pytest.mark.parametrize(
    "first",
    [httpx.ConnectError("x"), httpx.RemoteProtocolError("x"), httpx.ReadError("x"), problem(503), problem(502)],
    ids=repr,
)
async def test_what_may_be_repeated_is_repeated_once(first: Answer) -> None:
    service = Service(first, ok(PRODUCT))
    assert (await HttpProducts(service.http, "products").get("p1")).id == "p1"
    assert len(service.asked) == 2


async def test_a_slow_service_is_not_asked_twice() -> None:
    service = Service(httpx.ReadTimeout("x"))
    with pytest.raises(ServiceDown, match="The shelves cannot be reached"):
        await HttpProducts(service.http, "products").get("p1")
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answers",
    [
        [problem(503), problem(503)],
        [problem(500)],
        [ok({"items": 3})],
        [problem(403)],
        [httpx.Response(200, text="no")],
    ],
    ids=["away", "broken", "other-shape", "forbidden", "no-json"],
)
async def test_an_unusable_answer_is_a_service_that_is_down(answers: list[httpx.Response]) -> None:
    with pytest.raises(ServiceDown):
        await HttpProducts(Service(*answers).http, "products").page(query="", category="", cursor="")


@pytest.mark.parametrize(
    ("header", "seconds"), [({"Retry-After": "7"}, "7"), ({}, "5"), ({"Retry-After": "soon"}, "5")]
)
async def test_too_many_requests_say_how_long_to_wait(header: dict[str, str], seconds: str) -> None:
    service = Service(httpx.Response(429, headers=header))
    with pytest.raises(TooManyRequests) as refused:
        await HttpAuth(service.http, "auth").login("a@b.example", "x")
    assert refused.value.headers == {"Retry-After": seconds}


async def test_registering_is_never_repeated() -> None:
    service = Service(httpx.ReadError("x"))
    with pytest.raises(ServiceDown):
        await HttpAuth(service.http, "auth").register("a@b.example", "x")
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        (problem(409, "email-taken"), {"email": "This email is registered already. Log in, or use another one."}),
        (
            problem(422, errors=[{"at": "body.password", "message": "too short"}]),
            {"password": "This password is not accepted: too short."},
        ),
        (problem(422, detail="Something else."), {"password": "Something else."}),
        (httpx.Response(422, text="no json"), {"password": "Choose another email or password."}),
    ],
    ids=["taken", "short", "other", "no-json"],
)
async def test_a_refused_registration_names_the_field(answer: httpx.Response, problems: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        await HttpAuth(Service(answer).http, "auth").register("a@b.example", "x")
    assert refused.value.problems == problems


async def test_logging_in_gives_tokens_or_one_sentence() -> None:
    service = Service(ok(TOKENS), problem(401))
    auth = HttpAuth(service.http, "auth")
    assert (await auth.login("a@b.example", "secret")).refresh_token == "r"
    assert service.body == {"email": "a@b.example", "password": "secret"}
    with pytest.raises(Refused, match="do not belong together"):
        await auth.login("a@b.example", "wrong")


async def test_a_refresh_token_is_sent_once_only() -> None:
    service = Service(ok(TOKENS), problem(401), httpx.ReadError("x"))
    auth = HttpAuth(service.http, "auth")
    assert (await auth.refresh("r")).access_token == "a"
    with pytest.raises(Unauthorized):
        await auth.refresh("r")
    with pytest.raises(ServiceDown):
        await auth.refresh("r")
    assert len(service.asked) == 3


@pytest.mark.parametrize("status", [204, 401, 422])
async def test_a_logout_of_what_has_ended_is_fine(status: int) -> None:
    service = Service(httpx.Response(status))
    await HttpAuth(service.http, "auth").logout("r")
    assert service.body == {"refresh_token": "r"}


async def test_an_order_is_placed_with_its_key_and_repeated_with_the_same() -> None:
    service = Service(problem(503, "not-placed-yet"), ok(ORDER, 201))
    order = await HttpOrders(service.http, "orders").place("token", "key", LINES)
    assert (order.id, order.pieces, order.lines[0].total_cents) == ("o1", 2, 4800)
    for asked in service.asked:
        assert asked.headers["idempotency-key"] == "key"
        assert asked.headers["authorization"] == "Bearer token"
        assert json.loads(asked.content) == {"lines": [{"product_id": "p1", "quantity": 2}]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (problem(409, "out-of-stock", product_id="p1"), OutOfStock),
        (problem(409, "product-unavailable", product_id="p1"), OutOfStock),
        (problem(409, "product-unavailable", product_id=None), OrderRejected),
        (problem(409, "in-progress"), StillPlacing),
        (problem(409, "order-given-up"), OrderRejected),
        (problem(422, "idempotency-key-reused"), OrderRejected),
        (problem(401), Unauthorized),
        (problem(500), OrderUnknown),
        (httpx.ReadTimeout("x"), OrderUnknown),
    ],
    ids=["short", "gone", "gone-unnamed", "busy", "late", "reused", "token", "broken", "slow"],
)
async def test_an_order_that_is_not_placed_says_why(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        await HttpOrders(Service(answer).http, "orders").place("token", "key", LINES)


@pytest.mark.parametrize(
    ("ask", "answer", "error"),
    [
        (lambda orders: orders.page("t", "c"), problem(400, "invalid-cursor"), NoSuchOrder),
        (lambda orders: orders.get("t", "o1"), problem(404), NoSuchOrder),
        (lambda orders: orders.cancel("t", "o1"), problem(404), NoSuchOrder),
        (lambda orders: orders.cancel("t", "o1"), problem(409, "not-cancellable"), NotCancellable),
        (lambda orders: orders.get("t", "o1"), problem(500), Unanswered),
    ],
    ids=["cursor", "order", "cancel", "state", "broken"],
)
async def test_orders_answers_become_the_shops_errors(
    ask: Callable[[HttpOrders], Any], answer: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ask(HttpOrders(Service(answer).http, "orders"))


async def test_orders_are_listed_and_cancelled() -> None:
    service = Service(ok({"items": [ORDER], "next_cursor": None}), ok(ORDER), ok({**ORDER, "status": "cancelled"}))
    orders = HttpOrders(service.http, "orders")
    assert (await orders.page("t", "")).items[0].cancellable
    assert (await orders.get("t", "o1")).status_words == "Placed"
    assert not (await orders.cancel("t", "o1")).cancellable
    assert [f"{each.method} {each.url.path}" for each in service.asked] == [
        "GET /orders",
        "GET /orders/o1",
        "POST /orders/o1/cancel",
    ]
