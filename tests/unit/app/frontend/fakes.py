"""The three services in memory, with switches to let them fail, and a shop in front of them."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import anyio
import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from app.frontend.errors import (
    NoSuchOrder,
    NoSuchProduct,
    NotCancellable,
    OutOfStock,
    Refused,
    ServiceDown,
    StillPlacing,
)
from app.frontend.main import Services, create_app
from app.frontend.schemas import Order, OrderLine, OrderPage, Product, ProductPage, Tokens, Wanted
from app.frontend.settings import Settings
from app.shared.errors import Unauthorized
from tests.unit.app.frontend.browser import Browser

PAGE = 6
PUBLIC_URL = "http://shop.test"

SHELF = [
    Product(id=f"p-{slug}", slug=slug, name=name, description=f"{name}, made by hand.", category=category,
            price_cents=cents, stock=stock, picture=slug)
    for slug, name, category, cents, stock in [
        ("espresso-cups-cobalt", "Cobalt Espresso Cups, Pair", "ceramics", 2800, 40),
        ("breakfast-bowl-oat", "Oat Breakfast Bowl", "ceramics", 2400, 60),
        ("water-jug-terracotta", "Terracotta Water Jug", "ceramics", 3900, 3),
        ("olive-wood-board", "Olive Wood Board", "kitchen", 4600, 28),
        ("cherry-spoon-set", "Cherry Spoon Set", "kitchen", 2900, 42),
        ("forged-paring-knife", "Forged Paring Knife", "kitchen", 6800, 0),
        ("brass-pen-lathe", "Lathe-Turned Brass Pen", "stationery", 3600, 32),
        ("wool-throw-ochre", "Ochre Wool Throw", "textiles", 8900, 14),
    ]
]  # fmt: skip


@dataclass
class FakeProducts:
    """A catalogue; `down` makes every call fail."""

    shelf: dict[str, Product] = field(default_factory=lambda: {each.slug: each for each in SHELF})
    down: bool = False

    def change(self, slug: str, **values: object) -> None:
        """Change a product, as staff would."""
        self.shelf[slug] = self.shelf[slug].model_copy(update=values)

    async def page(self, *, query: str, category: str, cursor: str) -> ProductPage:
        self._check()
        if cursor and not cursor.isdigit():
            raise NoSuchProduct
        found = [
            each
            for each in self.shelf.values()
            if query.lower() in each.name.lower() and category in {"", each.category} and not each.withdrawn
        ]
        start = int(cursor or 0)
        following = str(start + PAGE) if len(found) > start + PAGE else None
        return ProductPage(items=found[start : start + PAGE], next_cursor=following)

    async def get(self, product: str) -> Product:
        self._check()
        for each in self.shelf.values():
            if product in {each.id, each.slug}:
                return each
        raise NoSuchProduct

    def _check(self) -> None:
        if self.down:
            raise ServiceDown(service="products")


@dataclass
class FakeAuth:
    """Accounts; a refresh token works once, and a second use ends the login, as at the real service."""

    accounts: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    refreshes: int = 0
    logouts: int = 0
    lifetime: float = 900.0
    down: bool = False
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    async def register(self, email: str, password: str) -> None:
        self._check()
        if email in self.accounts:
            raise Refused({"email": "This email is registered already. Log in, or use another one."}, status=409)
        self.accounts[email] = password

    async def login(self, email: str, password: str) -> Tokens:
        self._check()
        if self.accounts.get(email) != password:
            raise Refused({"email": "Email and password do not belong together. Check both."}, status=401)
        return self._tokens(email)

    async def refresh(self, refresh_token: str) -> Tokens:
        self._check()
        email = self.live.pop(refresh_token, None)
        if email is None:
            self.live.clear()
            raise Unauthorized
        self.refreshes += 1
        return self._tokens(email)

    async def logout(self, refresh_token: str) -> None:
        self._check()
        self.logouts += 1
        self.live.pop(refresh_token, None)

    def _tokens(self, email: str) -> Tokens:
        number = next(self._serial)
        self.live[f"refresh-{number}"] = email
        self.access[f"access-{number}"] = email
        return Tokens(access_token=f"access-{number}", refresh_token=f"refresh-{number}", expires_in=self.lifetime)

    def _check(self) -> None:
        if self.down:
            raise ServiceDown(service="auth")


@dataclass
class FakeOrders:
    """Orders by their owner, idempotent by key; stock is the catalogue's."""

    auth: FakeAuth
    products: FakeProducts
    made: dict[str, tuple[str, Order]] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    busy: int = 0
    down: bool = False

    async def place(self, token: str, key: str, lines: Collection[Wanted]) -> Order:
        email = self._owner(token)
        if self.busy:
            self.busy -= 1
            raise StillPlacing
        if (email, key) in self.keys:
            return self.made[self.keys[email, key]][1]
        for line in lines:
            if (await self.products.get(line.product_id)).stock < line.quantity:
                raise OutOfStock(line.product_id)
        bought = []
        for line in lines:
            product = await self.products.get(line.product_id)
            self.products.change(product.slug, stock=product.stock - line.quantity)
            bought.append(OrderLine(product_id=product.id, quantity=line.quantity, name=product.name,
                                    price_cents=product.price_cents))  # fmt: skip
        order = Order(
            id=f"order-{len(self.made) + 1}", status="placed", lines=bought,
            total_cents=sum(line.total_cents or 0 for line in bought),
            created_at=datetime(2026, 11, 24, 23, 41, tzinfo=UTC) + timedelta(minutes=len(self.made)),
        )  # fmt: skip
        self.made[order.id] = (email, order)
        self.keys[email, key] = order.id
        return order

    async def page(self, token: str, cursor: str) -> OrderPage:
        email = self._owner(token)
        own = [order for owner, order in reversed(self.made.values()) if owner == email]
        start = int(cursor or 0)
        return OrderPage(
            items=own[start : start + PAGE], next_cursor=str(start + PAGE) if len(own) > start + PAGE else None
        )

    async def get(self, token: str, order_id: str) -> Order:
        email = self._owner(token)
        owner, order = self.made.get(order_id, ("", None))
        if order is None or owner != email:
            raise NoSuchOrder
        return order

    async def cancel(self, token: str, order_id: str) -> Order:
        order = await self.get(token, order_id)
        if order.status not in {"placed", "cancelled"}:
            raise NotCancellable
        cancelled = order.model_copy(update={"status": "cancelled"})
        self.made[order_id] = (self._owner(token), cancelled)
        return cancelled

    def _owner(self, token: str) -> str:
        if self.down:
            raise ServiceDown(service="orders")
        if token not in self.auth.access:
            raise Unauthorized
        return self.auth.access[token]


@dataclass
class Town:
    """The shop with the services behind it; `browser()` is somebody new in front of it."""

    app: FastAPI
    settings: Settings
    auth: FakeAuth
    products: FakeProducts
    orders: FakeOrders

    @contextmanager
    def without(self, *services: FakeAuth | FakeProducts | FakeOrders) -> Iterator[None]:
        """While the context is open these services are down."""
        for each in services:
            each.down = True
        try:
            yield
        finally:
            for each in services:
                each.down = False

    def browser(self) -> Browser:
        """A browser that nobody has used yet."""
        return Browser(httpx.ASGITransport(self.app), self.settings.public_url)


@asynccontextmanager
async def town(uri: str, public_url: str = PUBLIC_URL, *, wait_until_ready: bool = True) -> AsyncIterator[Town]:
    """A running shop with its sessions in the database at `uri`.

    Like the cluster, it sends nobody in before it is ready: SecantusDB does not survive writes into a collection
    whose first index is being made.
    """
    settings = Settings(
        stack="local", public_url=public_url, mongodb_uri=SecretStr(uri), csrf_key=SecretStr("k" * 32),
        auth_url="http://auth", products_url="http://products", orders_url="http://orders", _env_file=None,
    )  # type: ignore[call-arg]  # fmt: skip
    auth, products = FakeAuth(), FakeProducts()
    orders = FakeOrders(auth, products)

    @asynccontextmanager
    async def services(_: Settings) -> AsyncIterator[Services]:
        yield Services(auth, products, orders)

    app = create_app(settings, services=services)
    async with app.router.lifespan_context(app):
        with anyio.fail_after(20):
            while wait_until_ready and app.state.health.reasons():  # noqa: ASYNC110 - readiness is never announced
                await anyio.sleep(0.01)
        yield Town(app, settings, auth, products, orders)
