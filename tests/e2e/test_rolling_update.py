"""Requests while the pods that answer them are replaced."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.api import Account, Api, order_of
from tests.e2e.cluster import SERVICES, Cluster, wait_for

PER_SECOND = 30
MIX = (
    "list",
    "item",
    "front",
    "page",
    "list",
    "mine",
    "front",
    "item",
    "list",
    "keys",
    "page",
    "item",
    "mine",
    "front",
)
"""What is asked again and again; every fourteenth request is an order, every twenty-eighth a login."""


@dataclass
class Load:
    """Steady requests to all four services, and everything that was not answered as it should be."""

    http: httpx.AsyncClient
    buyers: Iterator[Account]
    product: dict[str, Any]
    answered: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Send a request every thirtieth of a second, whether or not those before it were answered."""
        begun = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for number in count():
                if stop.is_set():
                    return
                group.create_task(self._ask(self._kind(number)))
                await asyncio.sleep(begun + (number + 1) / PER_SECOND - asyncio.get_running_loop().time())

    @staticmethod
    def _kind(number: int) -> str:
        if number % 28 == 27:
            return "login"
        return "order" if number % 14 == 13 else MIX[number % len(MIX)]

    async def _ask(self, kind: str) -> None:
        method, path, expected, options = self._request(kind)
        begun = time.time()
        try:
            answer = await self.http.request(method, path, **options)
        except httpx.HTTPError as error:
            found = repr(error)
        else:
            if answer.status_code == expected:
                self.answered[kind] += 1
                return
            found = f"{answer.status_code} {answer.text[:200]}"
        self.failed.append(f"{time.strftime('%X', time.localtime(begun))} {time.time() - begun:.2f} s {kind}: {found}")

    def _request(self, kind: str) -> tuple[str, str, int, dict[str, Any]]:
        buyer, slug = next(self.buyers), self.product["slug"]
        match kind:
            case "order":
                headers = {**buyer.headers, "Idempotency-Key": uuid4().hex}
                return "POST", "/orders", 201, {"json": order_of(self.product), "headers": headers}
            case "login":
                return "POST", "/auth/login", 200, {"json": {"email": buyer.email, "password": buyer.password}}
            case "mine":
                return "GET", "/orders", 200, {"headers": buyer.headers, "params": {"limit": 5}}
        paths = {"list": "/products", "item": f"/products/{slug}", "front": "/", "page": f"/item/{slug}"}
        return "GET", paths.get(kind, "/auth/jwks.json"), 200, {}


@pytest.mark.anyio
@pytest.mark.timeout(420)
async def test_a_rolling_update_of_every_service_fails_no_request(
    api: Api, cluster: Cluster, staff: Account, buyers: list[Account]
) -> None:
    """Thirty requests a second, reads, pages, orders and logins, while all pods of all services are replaced in turn.

    Not one is refused, cut off or answered otherwise than on a quiet day, until the last old pod is gone.
    Does not prove: an update that changes what services say to each other, or a heavier load; docs/benchmarks.md does.
    """
    product = api.add_product(staff, stock=10_000)
    stop = asyncio.Event()
    async with httpx.AsyncClient(base_url=api.url, timeout=20) as http:
        load = Load(http, cycle(buyers), product)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run(stop))
            try:
                await asyncio.to_thread(_replace_every_pod, cluster)
            finally:
                stop.set()
    sys.stdout.write(f"answered: {dict(load.answered)}\n")
    failures = "\n".join(load.failed[:40])
    assert not load.failed, f"{len(load.failed)} failed, {load.answered.total()} did not:\n{failures}"
    assert load.answered.total() > 20 * PER_SECOND
    assert set(load.answered) == {*MIX, "order", "login"}
    assert api.stock(product["id"]) == 10_000 - load.answered["order"]
    api.withdraw(staff, product["id"])


def _replace_every_pod(cluster: Cluster) -> None:
    old = {service: set(cluster.pods("shop", service)) for service in SERVICES}
    for service in SERVICES:
        cluster.restart(service)
        wait_for(f"the new pods of {service}", partial(cluster.rolled_out, service), seconds=150)
    for service, pods in old.items():
        # Old pods outlive that by a while, in which they still answer.
        wait_for(f"the end of the old pods of {service}", partial(_gone, cluster, service, pods), seconds=90)


def _gone(cluster: Cluster, service: str, pods: set[str]) -> bool:
    return not pods & cluster.pods("shop", service).keys()
