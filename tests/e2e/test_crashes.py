"""Orders while pods die under them."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.api import Account, Api, order_of
from tests.e2e.cluster import SERVICES, Cluster, wait_for

STOCK = 100_000
PAUSE_SECONDS = 1.5
"""Between two orders of one customer, who may place only so many a minute."""
AGAIN = frozenset({409, 429, 500, 502, 503, 504})
"""Answers after which a client repeats its request; a 409 here says that the order is being placed or changed."""


@dataclass
class Customer:
    """Somebody who orders, and now and then cancels, until told to stop; repeats what was not answered, if patient."""

    account: Account
    product: dict[str, Any]
    patient: bool
    placed: dict[str, int] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    troubles: int = 0

    async def shop(self, http: httpx.AsyncClient, stop: asyncio.Event) -> None:
        """Order after order; every third one is cancelled by a patient customer."""
        number = 0
        while not stop.is_set():
            number += 1
            quantity = number % 3 + 1
            key = {"Idempotency-Key": uuid4().hex}
            answer = await self._send(http, "/orders", 201, json=order_of(self.product, quantity), headers=key)
            if answer is not None:
                order_id = answer.json()["id"]
                self.placed[order_id] = quantity
                if self.patient and number % 3 == 0:
                    await self._send(http, f"/orders/{order_id}/cancel", 200)
                    self.cancelled.add(order_id)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, http: httpx.AsyncClient, path: str, status: int, **request: Any) -> httpx.Response | None:
        headers = {**self.account.headers, **request.pop("headers", {})}
        while True:
            try:
                answer = await http.post(path, headers=headers, **request)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == status:
                return answer
            assert answer is None or answer.status_code in AGAIN, answer.text
            self.troubles += 1
            if not self.patient:
                return None
            wait = answer.headers.get("Retry-After", "1") if answer is not None else "1"
            await asyncio.sleep(min(float(wait), 3))


@pytest.mark.anyio
@pytest.mark.timeout(420)
async def test_no_order_and_no_piece_is_lost_when_every_pod_is_killed_in_turn(
    api: Api, cluster: Cluster, staff: Account, buyers: list[Account]
) -> None:
    """Twelve customers order and cancel while each pod of each service, and the database's, is killed without notice.

    At the end each acknowledged order is there, placed or, where its owner wanted that, cancelled; each order that was
    not acknowledged has come to an end; and the stock is the first one less exactly what is placed. Every fourth
    customer never repeats a request, so the shop has to finish or undo what the crash left by itself.
    Does not prove: a lost disk, or a lost node; the database is one pod here.
    """
    product = api.add_product(staff, stock=STOCK)
    customers = [Customer(account, product, patient=bool(n % 4)) for n, account in enumerate(buyers)]
    stop = asyncio.Event()
    async with httpx.AsyncClient(base_url=api.url, timeout=20) as http, asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(customer.shop(http, stop))
        try:
            await asyncio.to_thread(_kill_every_pod, cluster)
        finally:
            stop.set()
    await asyncio.to_thread(_settle, api, customers)

    left = STOCK
    for customer in customers:
        orders = {order["id"]: order for order in _orders_of(api, customer)}
        assert customer.placed.keys() <= orders.keys(), "an acknowledged order is gone"
        for order_id, quantity in customer.placed.items():
            expected = "cancelled" if order_id in customer.cancelled else "placed"
            assert (orders[order_id]["status"], _pieces([orders[order_id]])) == (expected, quantity)
        if customer.patient:
            assert customer.placed.keys() == orders.keys(), "a repeated request made a second order"
        left -= _pieces([order for order in orders.values() if order["status"] == "placed"])
    assert api.stock(product["id"]) == left
    counts = [(len(customer.placed), len(customer.cancelled), customer.troubles) for customer in customers]
    acknowledged, cancelled, troubles = map(sum, zip(*counts, strict=True))
    sys.stdout.write(f"{acknowledged} acknowledged, {cancelled} cancelled, {troubles} requests without a good answer\n")
    assert acknowledged > 100
    assert troubles > 0, "nothing was in flight when the pods died"
    api.withdraw(staff, product["id"])


def _kill_every_pod(cluster: Cluster) -> None:
    targets = [("shop", service) for service in SERVICES] + [("database", "mongodb")]
    for namespace, app in targets:
        before = cluster.ready(namespace, app)
        assert before, f"no pod of {app} is ready"
        for uid in before:
            cluster.kill(cluster.pods(namespace, app)[uid])
            replaced = partial(_replaced, cluster, namespace, app, uid, len(before))
            wait_for(f"another pod of {app}", replaced, seconds=120)
    for service in SERVICES:
        wait_for(f"{service} being ready after all", partial(cluster.ready, "shop", service), seconds=60)


def _replaced(cluster: Cluster, namespace: str, app: str, uid: str, wanted: int) -> bool:
    return len(cluster.ready(namespace, app) - {uid}) >= wanted


def _settle(api: Api, customers: Sequence[Customer]) -> None:
    """Wait until no order is on its way any more."""

    def settled() -> bool:
        try:
            orders = [order for customer in customers for order in _orders_of(api, customer)]
        except httpx.HTTPError:
            return False
        return all(order["status"] not in {"pending", "cancelling"} for order in orders)

    wait_for("all orders being done", settled, seconds=90)


def _orders_of(api: Api, customer: Customer) -> list[dict[str, Any]]:
    wanted = customer.product["id"]
    return [order for order in api.orders(customer.account) if order["lines"][0]["product_id"] == wanted]


def _pieces(orders: Sequence[dict[str, Any]]) -> int:
    return sum(line["quantity"] for order in orders for line in order["lines"])
