"""The shop: catalogue, basket, checkout and orders. It decides; pages and HTTP are elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.frontend.account import Account
from app.frontend.clients import Orders, Products
from app.frontend.errors import NoSuchProduct, OrderRejected, OutOfStock, Refused, StillPlacing
from app.frontend.repository import BasketLine, LastOrder, Notice, Sessions
from app.frontend.schemas import MOST_LINES, MOST_OF_ONE, Order, OrderLine, OrderPage, Product, ProductPage, Wanted
from app.frontend.visitor import Visitor
from app.frontend.words import money
from app.shared.errors import ApiError

ItemT = TypeVar("ItemT")
MadeT = TypeVar("MadeT")

AT_ONCE = 8
"""Products asked for at once for one page."""
PLACING_ATTEMPTS = 4
PLACING_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a basket with its product as it is now; `remark` says what has changed, `blocked` that it must be."""

    product: Product
    quantity: int
    remark: str = ""
    blocked: bool = False

    @property
    def total_cents(self) -> int:
        """What the line costs now; a line that cannot be bought costs nothing."""
        return 0 if self.product.withdrawn else self.product.price_cents * self.quantity


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket as it would be bought now."""

    lines: Sequence[Line]

    @property
    def total_cents(self) -> int:
        """The sum of its lines."""
        return sum(line.total_cents for line in self.lines)

    @property
    def orderable(self) -> bool:
        """Whether every line can be bought."""
        return bool(self.lines) and not any(line.blocked for line in self.lines)

    @property
    def reviewed(self) -> str:
        """The lines and prices a shopper sees, as the order form carries them."""
        return ",".join(f"{line.product.id}:{line.quantity}:{line.product.price_cents}" for line in self.lines)


def _line(product: Product, quantity: int, seen_cents: int) -> Line:
    """A line with its remark; what prevents buying comes before a change of price."""
    if product.withdrawn:
        return Line(product, quantity, "This is no longer sold. Remove it to order the rest.", blocked=True)
    if product.stock == 0:
        return Line(product, quantity, "This is sold out now. Remove it to order the rest.", blocked=True)
    if product.stock < quantity:
        remark = f"Only {product.stock} left, and you want {quantity}. Change the quantity to {product.stock} or fewer."
        return Line(product, quantity, remark, blocked=True)
    if product.price_cents != seen_cents:
        before, after = money(seen_cents, product.currency), money(product.price_cents, product.currency)
        return Line(product, quantity, f"The price has changed from {before} to {after}.")
    return Line(product, quantity)


class Shop:
    """What visitors can do. Errors of the services pass through: see clients.py."""

    def __init__(
        self,
        *,
        products: Products,
        orders: Orders,
        sessions: Sessions,
        account: Account,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._products = products
        self._orders = orders
        self._sessions = sessions
        self._account = account
        self._sleep = sleep

    async def catalogue(self, *, query: str, category: str, cursor: str) -> ProductPage:
        """One page of what is sold."""
        return await self._products.page(query=query, category=category, cursor=cursor)

    async def product(self, slug: str) -> Product:
        """One product. Raises NoSuchProduct."""
        return await self._products.get(slug)

    async def basket(self, visitor: Visitor) -> Basket:
        """The visitor's basket at today's prices."""
        return await self._priced(
            (Wanted(product_id=product_id, quantity=line.quantity, price_cents=line.price_cents), line)
            for product_id, line in visitor.basket.items()
        )

    async def add(self, visitor: Visitor, slug: str, quantity: int) -> Product:
        """Put a product into the basket, beside what is there of it. Raises NoSuchProduct, Refused."""
        product = await self._products.get(slug)
        if product.withdrawn:
            raise NoSuchProduct
        before = visitor.basket.get(product.id)
        if before is None and len(visitor.basket) >= MOST_LINES:
            raise Refused({"": f"A basket holds {MOST_LINES} different things. Order these first, or remove one."})
        together = quantity + (before.quantity if before else 0)
        most = min(MOST_OF_ONE, product.stock)
        if together > most:
            had = f" and {before.quantity} in your basket already" if before else ""
            raise Refused({"quantity": f"You can have {most} of these{had}. Choose fewer."})
        line = BasketLine(quantity=together, name=product.name, slug=product.slug, price_cents=product.price_cents)
        await self._sessions.put_line(visitor.identify(), product.id, line)
        await self.tell(visitor, Notice(tone="good", text=f"{quantity} of {product.name} added to your basket."))
        return product

    async def change(self, visitor: Visitor, product_id: str, quantity: int) -> None:
        """Change how many of a product are in the basket. Raises Refused."""
        if product_id in visitor.basket:
            await self._sessions.set_quantity(visitor.identify(), product_id, quantity)
            await self.tell(visitor, Notice(tone="good", text="Your basket is up to date."))

    async def remove(self, visitor: Visitor, product_id: str) -> None:
        """Take a product out of the basket."""
        if line := visitor.basket.get(product_id):
            await self._sessions.remove_lines(visitor.identify(), [product_id])
            await self.tell(visitor, Notice(tone="good", text=f"{line.name} removed from your basket."))

    async def place(self, visitor: Visitor, key: str, lines: Sequence[Wanted]) -> str:
        """Order what was reviewed at the prices that were reviewed; the order's id.

        The same key gives the same order, however often it comes. Raises Refused with the lines concerned,
        StillPlacing, LoginRequired, OrderUnknown.
        """
        last = visitor.session.last_order
        if last is not None and last.key == key:
            return last.order_id
        basket = await self.review(lines)
        if changed := {line.product.id: line.remark for line in basket.lines if line.remark and not line.blocked}:
            names = {line.product.id: line.product.name for line in basket.lines}
            raise Refused({f"line-{each}": f"{names[each]}: {text}" for each, text in changed.items()}, status=409)
        order = await self._placed(visitor, key, lines, basket)
        await self._sessions.remember_order(
            visitor.identify(), LastOrder(key=key, order_id=order.id), [line.product_id for line in lines]
        )
        await self.tell(visitor, _thanks(order, lines))
        return order.id

    async def review(self, lines: Iterable[Wanted]) -> Basket:
        """Reviewed lines at today's prices and stock."""
        return await self._priced((line, None) for line in lines)

    async def orders(self, visitor: Visitor, cursor: str) -> OrderPage:
        """The shopper's orders, newest first."""
        return await self._account.call(visitor, lambda token: self._orders.page(token, cursor))

    async def order(self, visitor: Visitor, order_id: str) -> Order:
        """One of the shopper's orders. Raises NoSuchOrder."""
        return await self._account.call(visitor, lambda token: self._orders.get(token, order_id))

    async def cancel(self, visitor: Visitor, order_id: str) -> None:
        """Cancel an order. Raises NoSuchOrder, NotCancellable."""
        await self._account.call(visitor, lambda token: self._orders.cancel(token, order_id))
        await self.tell(visitor, Notice(tone="good", text="Your order is cancelled."))

    async def drawings(self, lines: Iterable[OrderLine]) -> dict[str, Product]:
        """The products of an order's lines, as far as they can be had: an order is shown without the catalogue too."""
        return {line.product_id: found for line, found in await self._each(lines, self._product_or_none) if found}

    async def tell(self, visitor: Visitor, notice: Notice) -> None:
        """Show a sentence on the visitor's next page."""
        await self._sessions.notify(visitor.identify(), notice)

    async def _placed(self, visitor: Visitor, key: str, lines: Sequence[Wanted], basket: Basket) -> Order:
        for attempt in range(PLACING_ATTEMPTS):
            try:
                return await self._account.call(visitor, lambda token: self._orders.place(token, key, lines))
            except StillPlacing:
                if attempt == PLACING_ATTEMPTS - 1:
                    raise
                await self._sleep(PLACING_PAUSE_SECONDS)
            except OutOfStock as short:
                named = {line.product.id: line for line in basket.lines}
                line = named.get(short.product_id)
                text = (line.remark if line else "") or "There is not enough of it left. Take less of it, or remove it."
                raise Refused({f"line-{short.product_id}": f"{line.product.name if line else 'One line'}: {text}"},
                              status=409) from short  # fmt: skip
            except OrderRejected as error:
                text = "The order could not be taken, and nothing was set aside. Please check it and try again."
                raise Refused({"": text}, status=409) from error
        raise StillPlacing

    async def _priced(self, lines: Iterable[tuple[Wanted, BasketLine | None]]) -> Basket:
        async def one(line: tuple[Wanted, BasketLine | None]) -> Line:
            wanted, kept = line
            try:
                product = await self._products.get(wanted.product_id)
            except NoSuchProduct:
                product = _gone(wanted, kept)
            return _line(product, wanted.quantity, wanted.price_cents)

        return Basket([made for _, made in await self._each(lines, one)])

    async def _product_or_none(self, line: OrderLine) -> Product | None:
        try:
            return await self._products.get(line.product_id)
        except ApiError:
            return None

    @staticmethod
    async def _each(items: Iterable[ItemT], ask: Callable[[ItemT], Awaitable[MadeT]]) -> list[tuple[ItemT, MadeT]]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(item: ItemT) -> tuple[ItemT, MadeT]:
            async with room:
                return item, await ask(item)

        return list(await asyncio.gather(*(one(item) for item in items)))


def _gone(wanted: Wanted, kept: BasketLine | None) -> Product:
    """What is still known of a product that nobody knows any more."""
    name, slug = (kept.name, kept.slug) if kept else ("A product of the past", wanted.product_id)
    return Product(
        id=wanted.product_id, slug=slug, name=name, price_cents=wanted.price_cents, stock=0, withdrawn=True
    )  # fmt: skip


def _thanks(order: Order, lines: Sequence[Wanted]) -> Notice:
    """Thanks, or a word about a price that changed in the very moment of ordering."""
    if order.total_cents is not None and order.total_cents != sum(line.price_cents * line.quantity for line in lines):
        text = "Your order is placed, but a price changed in that moment: check the total. You can cancel the order."
        return Notice(tone="warn", text=text)
    return Notice(tone="good", text="Thank you! Your order is placed.")
