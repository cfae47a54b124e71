"""What the shop knows of the other services' answers, and the fields of its own forms."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

MOST_OF_ONE = 20
"""Pieces of one product in a basket."""
MOST_LINES = 30
"""Different products in a basket."""

CATEGORIES = ("ceramics", "kitchen", "stationery", "textiles")
"""The shelves a visitor can choose from; a product of another category is found under everything."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
Quantity = Annotated[int, Field(ge=1, le=MOST_OF_ONE)]

CategoryFilter = Annotated[str, StringConstraints(max_length=80)]
QueryText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
CursorText = Annotated[str, StringConstraints(max_length=1024)]


class Answer(BaseModel):
    """Part of another service's answer; members we do not use are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Product(Answer):
    """One product; prices are cents, `picture` names one of our drawings."""

    id: Identifier
    slug: Identifier
    name: str
    description: str = ""
    category: str = ""
    price_cents: int
    currency: str = "EUR"
    stock: int
    picture: str = ""
    withdrawn: bool = False


class ProductPage(Answer):
    """One page of the catalogue."""

    items: list[Product]
    next_cursor: str | None = None


class Tokens(Answer):
    """What a login or a refresh gives; `expires_in` is seconds of the access token's life."""

    access_token: str
    refresh_token: str
    expires_in: float


class OrderLine(Answer):
    """One line of an order; name and price are known once the order is placed."""

    product_id: str
    quantity: int
    name: str | None = None
    price_cents: int | None = None

    @property
    def total_cents(self) -> int | None:
        """The line's price, when it is known."""
        return None if self.price_cents is None else self.price_cents * self.quantity


_STATUS: dict[str, tuple[str, str, str]] = {
    "pending": ("warn", "Being placed", "We are putting your things aside. This takes a moment: reload to see more."),
    "placed": ("good", "Placed", "Thank you. Your things are set aside for you."),
    "rejected": ("bad", "Not taken", "Something was no longer there, so nothing was ordered."),
    "cancelling": (
        "warn",
        "Being cancelled",
        "The order is cancelled; your things are on their way back to the shelf.",
    ),
    "cancelled": ("", "Cancelled", "You cancelled this order. Nothing is owed."),
}


class Order(Answer):
    """One order of the shopper."""

    id: Identifier
    status: Literal["pending", "placed", "rejected", "cancelling", "cancelled"]
    lines: list[OrderLine]
    total_cents: int | None = None
    currency: str = "EUR"
    created_at: datetime

    @property
    def pieces(self) -> int:
        """How many things were ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def tone(self) -> str:
        """good, warn, bad or empty: how the status is coloured."""
        return _STATUS[self.status][0]

    @property
    def status_words(self) -> str:
        """The status in a word or two."""
        return _STATUS[self.status][1]

    @property
    def status_sentence(self) -> str:
        """What the status means for the shopper."""
        return _STATUS[self.status][2]

    @property
    def cancellable(self) -> bool:
        """Whether the shopper can still cancel it."""
        return self.status == "placed"


class OrderPage(Answer):
    """One page of the shopper's orders, newest first."""

    items: list[Order]
    next_cursor: str | None = None


class Wanted(BaseModel):
    """One line a shopper wants: the price is the one the shopper has seen, cents a piece."""

    model_config = ConfigDict(frozen=True)

    product_id: Identifier
    quantity: Quantity
    price_cents: Annotated[int, Field(ge=0)]


class Form(BaseModel):
    """Fields of one of our forms; `words` says for each field what is wanted when it is refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    words: ClassVar[dict[str, str]] = {}


class SlugForm(Form):
    """Which product a form is about."""

    slug: Identifier


class QuantityForm(Form):
    """How many of it."""

    quantity: Quantity
    words: ClassVar[dict[str, str]] = {"quantity": f"Enter a whole number from 1 to {MOST_OF_ONE}."}


class AddForm(QuantityForm, SlugForm):
    """Put a product into the basket."""


class ActionForm(Form):
    """Which button of a basket's line was pressed."""

    action: Literal["change", "remove"] = "change"


class ChangeForm(ActionForm):
    """Change or remove a line of the basket; the quantity matters for a change only."""

    quantity: str = ""


class LoginForm(Form):
    """Log in."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    next: str = "/"
    words: ClassVar[dict[str, str]] = {
        "email": "Enter your email address, like name@example.com.",
        "password": "Enter your password.",
    }


class RegisterForm(LoginForm):
    """Register; the rules are the auth service's, which has the last word."""

    email: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, max_length=254, pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
        ),
    ]
    password: Annotated[str, StringConstraints(min_length=10, max_length=128)]
    words: ClassVar[dict[str, str]] = {
        "email": "Enter your email address, like name@example.com.",
        "password": "Choose a password of 10 to 128 characters.",
    }


class PlaceForm(Form):
    """Place the order that was reviewed: `reviewed` is `<product id>:<quantity>:<cents>`, joined by commas."""

    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    reviewed: Annotated[
        str,
        StringConstraints(
            max_length=MOST_LINES * 110,
            pattern=r"^[A-Za-z0-9_-]{1,80}:\d{1,3}:\d{1,9}(,[A-Za-z0-9_-]{1,80}:\d{1,3}:\d{1,9})*$",
        ),
    ]

    @field_validator("reviewed")
    @classmethod
    def _lines_of_a_basket(cls, reviewed: str) -> str:
        names = [line.product_id for line in _lines(reviewed)]
        if len(names) > MOST_LINES or len(set(names)) < len(names):
            msg = f"a basket has at most {MOST_LINES} lines, and each product once"
            raise ValueError(msg)
        return reviewed

    def lines(self) -> list[Wanted]:
        """The reviewed lines."""
        return _lines(self.reviewed)


def _lines(reviewed: str) -> list[Wanted]:
    parts = (line.split(":") for line in reviewed.split(","))
    return [Wanted(product_id=name, quantity=int(count), price_cents=int(cents)) for name, count, cents in parts]
