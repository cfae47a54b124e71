"""The shop's public APIs as a client of somebody else's uses them."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

STAFF = "staff@example.com"
_FRESH_SECONDS = 240
"""A token lives for 900 s, and a test takes less than the rest."""


@dataclass(kw_only=True)
class Account:
    """Somebody who is logged in; `since` is the monotonic time of that."""

    email: str
    password: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    since: float = -1e9

    @property
    def headers(self) -> dict[str, str]:
        """What proves who a request is from."""
        return {"Authorization": f"Bearer {self.access_token}"}


class Api:
    """The APIs behind the edge, called one after the other."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=20)

    def register(self) -> Account:
        """A new customer, logged in."""
        account = Account(email=f"{uuid4().hex}@example.com", password=secrets.token_urlsafe(16))
        self.patient("/auth/register", {"email": account.email, "password": account.password}, 201)
        return self.login(account)

    def login(self, account: Account) -> Account:
        """The account with new tokens."""
        answer = self.patient("/auth/login", {"email": account.email, "password": account.password}, 200).json()
        account.access_token, account.refresh_token = answer["access_token"], answer["refresh_token"]
        account.since = time.monotonic()
        return account

    def still(self, account: Account) -> Account:
        """The account with tokens that outlive a test; one may log in only so often."""
        return account if time.monotonic() - account.since < _FRESH_SECONDS else self.login(account)

    def patient(self, path: str, body: dict[str, Any], status: int) -> httpx.Response:
        """The answer to a POST that is allowed only so often: waits a minute at most where it is told to wait."""
        deadline = time.monotonic() + 60
        while (answer := self.http.post(path, json=body)).status_code == 429 and time.monotonic() < deadline:
            time.sleep(float(answer.headers["Retry-After"]))
        assert answer.status_code == status, answer.text
        return answer

    def add_product(self, staff: Account, *, stock: int, price_cents: int = 1250) -> dict[str, Any]:
        """A product nobody else knows of."""
        slug = f"test-{uuid4().hex}"
        body = {
            "slug": slug, "name": f"Thing of test {slug[5:13]}", "description": "Made for one test.",
            "category": "wood", "price_cents": price_cents, "stock": stock, "picture": "olive-wood-board",
        }  # fmt: skip
        answer = self.http.post("/products", json=body, headers=staff.headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def withdraw(self, staff: Account, product_id: str) -> None:
        """Take a product off sale, so that a shop that is kept shows nothing of the tests'."""
        now = self.http.get(f"/products/{product_id}")
        answer = self.http.delete(f"/products/{product_id}", headers={**staff.headers, "If-Match": now.headers["ETag"]})
        assert answer.status_code == 204, answer.text

    def stock(self, product_id: str) -> int:
        """How many of a product can be ordered now."""
        return int(self.http.get(f"/products/{product_id}").raise_for_status().json()["stock"])

    def orders(self, account: Account) -> list[dict[str, Any]]:
        """All orders of an account, newest first."""
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 100}
        while True:
            page = self.http.get("/orders", params=query, headers=account.headers).raise_for_status().json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]


def order_of(product: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
    """The body of an order of one product."""
    return {"lines": [{"product_id": product["id"], "quantity": quantity}]}
