from collections.abc import Callable

import httpx
import pytest

from app.orders.order import Offer, Refusal
from app.orders.products import ATTEMPTS, HttpProducts, ProductsUnavailable, ReservationRefused, UnexpectedAnswer
from app.shared.errors import TYPE_BASE
from tests.unit.app.orders.support import lines

pytestmark = pytest.mark.anyio

HELD = {"order_id": "o", "lines": [{"product_id": "lamp", "name": "Lamp", "quantity": 2, "price_cents": 1990}]}
Answer = Callable[[httpx.Request], httpx.Response]


class Service:
    """A products service that gives the answers it is told to, the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(f"{request.method} {request.url.path} {request.content.decode()}".strip())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content)

    def client(self) -> HttpProducts:
        http = httpx.AsyncClient(base_url="http://products", transport=httpx.MockTransport(self))
        return HttpProducts(http, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def problem(status: int, slug: str, **members: str) -> httpx.Response:
    return httpx.Response(status, json={"type": TYPE_BASE + slug, "status": status, **members})


async def test_reserve_puts_the_lines_and_reads_the_offers() -> None:
    service = Service(httpx.Response(201, json=HELD))
    assert await service.client().reserve("o", lines(lamp=2)) == {"lamp": Offer(name="Lamp", price_cents=1990)}
    assert service.seen == ['PUT /internal/reservations/o {"lines":[{"product_id":"lamp","quantity":2}]}']


async def test_confirm_and_release_post_to_the_reservation() -> None:
    service = Service(httpx.Response(200, json={}))
    await service.client().confirm("o")
    await service.client().release("o")
    assert service.seen == ["POST /internal/reservations/o/confirm", "POST /internal/reservations/o/release"]


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (problem(409, "out-of-stock", product_id="lamp"), Refusal(reason="out-of-stock", product_id="lamp")),
        (problem(409, "released"), Refusal(reason="too-late")),
        (problem(409, "not-for-sale", product_id="lamp"), Refusal(reason="unavailable", product_id="lamp")),
    ],
)
async def test_refusal_says_why(answer: httpx.Response, refusal: Refusal) -> None:
    with pytest.raises(ReservationRefused) as caught:
        await Service(answer).client().reserve("o", lines(lamp=2))
    assert caught.value.refusal == refusal


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(429),
        ValueError("token answer is not JSON"),
    ],
    ids=repr,
)
class TestRepeating:
    """Every message is idempotent, so what may not have arrived is sent again, with growing pauses, a few times."""

    async def test_one_failure_is_not_noticed(self, failure: httpx.Response | Exception) -> None:
        service = Service(failure, httpx.Response(201, json=HELD))
        await service.client().reserve("o", lines(lamp=2))
        assert len(service.seen) == 2

    async def test_failures_end_after_a_few_attempts(self, failure: httpx.Response | Exception) -> None:
        service = Service(failure)
        with pytest.raises(ProductsUnavailable, match=f"confirm failed {ATTEMPTS} times") as caught:
            await service.client().confirm("o")
        assert not isinstance(caught.value, UnexpectedAnswer)
        assert len(service.seen) == ATTEMPTS
        assert 0.1 <= service.pauses[0] <= 0.2 <= service.pauses[1] <= 0.4


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403),
        httpx.Response(404),
        problem(422, "invalid-request"),
        problem(409, "other-lines"),
        httpx.Response(409, text="<html>"),
        httpx.Response(500),
        httpx.Response(201, json={"lines": []}),
        httpx.Response(201, text="{"),
    ],
    ids=["forbidden", "not found", "invalid", "other lines", "no problem body", "bug", "line missing", "not JSON"],
)
async def test_answer_outside_the_contract_is_neither_a_reservation_nor_a_refusal(answer: httpx.Response) -> None:
    with pytest.raises(UnexpectedAnswer):
        await Service(answer).client().reserve("o", lines(lamp=2))


async def test_confirm_of_an_unknown_reservation_is_reported() -> None:
    with pytest.raises(UnexpectedAnswer, match="answered 404, 2xx is required"):
        await Service(httpx.Response(404)).client().confirm("o")
