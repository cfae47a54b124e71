"""Orders placed through the edge by several clients at once; all are cancelled afterwards."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Iterator

import httpx

from bench.harness import Row, Sample
from local.stack import endpoints

CLIENTS, ORDERS, RUNS = 8, 5, 3
"""Five orders and five cancellations are what one shopper may do at once in one pod."""


def measure() -> list[Row]:
    """Acknowledged orders per second, each of one unit of a product in stock."""
    sample = Sample([asyncio.run(_run(endpoints())) for _ in range(RUNS)])
    how = f"{RUNS} runs of {ORDERS} orders a client; 201 means reserved and durable; the clients share the machine"
    return [Row(what=f"orders per second through the edge, {CLIENTS} clients", measured=f"{sample}", how=how)]


async def _run(urls: dict[str, str]) -> float:
    async with httpx.AsyncClient(timeout=60) as client:
        shoppers = [await _shopper(client, urls["auth"]) for _ in range(CLIENTS)]
        page = (await client.get(urls["products"])).raise_for_status().json()
        products = itertools.cycle([item["id"] for item in page["items"] if item["stock"] > CLIENTS * ORDERS])
        began = time.monotonic()
        placed = await asyncio.gather(*(_place(client, urls["orders"], each, products) for each in shoppers))
        seconds = time.monotonic() - began
        for shopper, orders in zip(shoppers, placed, strict=True):
            for order in orders:
                (await client.post(f"{urls['orders']}/{order}/cancel", headers=shopper)).raise_for_status()
    return CLIENTS * ORDERS / seconds


async def _shopper(client: httpx.AsyncClient, url: str) -> dict[str, str]:
    account = {"email": f"bench-{secrets.token_hex(8)}@example.com", "password": secrets.token_urlsafe(16)}
    (await client.post(f"{url}/register", json=account)).raise_for_status()
    answer = (await client.post(f"{url}/login", json=account)).raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def _place(client: httpx.AsyncClient, url: str, shopper: dict[str, str], products: Iterator[str]) -> list[str]:
    placed = []
    for _ in range(ORDERS):
        lines = [{"product_id": next(products), "quantity": 1}]
        headers = shopper | {"Idempotency-Key": secrets.token_hex(16)}
        placed.append((await client.post(url, json={"lines": lines}, headers=headers)).raise_for_status().json()["id"])
    return placed
