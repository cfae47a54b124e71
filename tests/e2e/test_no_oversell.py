"""The last pieces on the shelf."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from tests.e2e.api import Account, Api, order_of

STOCK, WANTED = 30, 80


@pytest.mark.anyio
async def test_eighty_buyers_at_once_get_exactly_the_thirty_pieces_there_are(
    api: Api, staff: Account, buyers: list[Account]
) -> None:
    """80 orders at the same moment for a stock of 30: 30 are placed, 50 are told it is sold out, and 0 are left.

    Goes through the edge and two pods of orders and of products each, as twelve customers.
    Does not prove: fairness, or that it is fast.
    """
    product = api.add_product(staff, stock=STOCK)
    async with httpx.AsyncClient(base_url=api.url, timeout=30, limits=httpx.Limits(max_connections=WANTED)) as http:

        async def buy(number: int) -> httpx.Response:
            key = uuid4().hex
            account = buyers[number % len(buyers)]
            while True:
                answer = await http.post(
                    "/orders", json=order_of(product), headers={**account.headers, "Idempotency-Key": key}
                )
                # Told to repeat with the same key: nothing was decided yet.
                if answer.status_code != 503:
                    return answer
                await asyncio.sleep(float(answer.headers["Retry-After"]))

        async with asyncio.timeout(90):
            answers = await asyncio.gather(*(buy(number) for number in range(WANTED)))

    assert Counter(answer.status_code for answer in answers) == {201: STOCK, 409: WANTED - STOCK}
    assert {a.json()["type"].rsplit("/")[-1] for a in answers if a.status_code == 409} == {"out-of-stock"}
    assert api.stock(product["id"]) == 0
    placed = [order for account in buyers for order in api.orders(account) if _is_of(order, product["id"])]
    assert {order["id"] for order in placed} == {a.json()["id"] for a in answers if a.status_code == 201}
    api.withdraw(staff, product["id"])


def _is_of(order: dict[str, object], product_id: str) -> bool:
    lines = order["lines"]
    assert isinstance(lines, list)
    return order["status"] == "placed" and lines[0]["product_id"] == product_id
