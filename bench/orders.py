"""Orders placed through the edge by several clients at once; all are cancelled afterwards."""

import asyncio
import itertools
import secrets
import time
from typing import Any

import httpx

from bench.harness import Row, Sample
from local.stack import endpoints

CLIENTS, SECONDS, RUNS = 8, 5.0, 3


def measure() -> list[Row]:
    """Acknowledged orders per second, each of one unit of a product in stock."""
    sample = Sample([asyncio.run(_run(endpoints())) for _ in range(RUNS)])
    how = f"{RUNS} runs of {SECONDS:g} s; 201 means reserved and durable; the clients share the machine"
    return [Row(what=f"orders per second through the edge, {CLIENTS} clients", measured=f"{sample}", how=how)]


async def _run(urls: dict[str, str]) -> float:
    account = {"email": f"bench-{secrets.token_hex(8)}@example.com", "password": secrets.token_urlsafe(16)}
    async with httpx.AsyncClient(timeout=30) as client:
        (await client.post(f"{urls['auth']}/register", json=account)).raise_for_status()
        token = (await client.post(f"{urls['auth']}/login", json=account)).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        page = (await client.get(urls["products"])).raise_for_status().json()
        products = itertools.cycle([item["id"] for item in page["items"] if item["stock"] > CLIENTS * 2])
        began = time.monotonic()
        placed = await asyncio.gather(
            *(_place(client, urls["orders"], products, began + SECONDS) for _ in range(CLIENTS))
        )
        seconds = time.monotonic() - began
        orders = list(itertools.chain.from_iterable(placed))
        for order in orders:
            (await client.post(f"{urls['orders']}/{order}/cancel")).raise_for_status()
    return len(orders) / seconds


async def _place(client: httpx.AsyncClient, url: str, products: Any, until: float) -> list[str]:
    placed = []
    while time.monotonic() < until:
        lines = [{"product_id": next(products), "quantity": 1}]
        answer = await client.post(url, json={"lines": lines}, headers={"Idempotency-Key": secrets.token_hex(16)})
        placed.append(answer.raise_for_status().json()["id"])
    return placed
