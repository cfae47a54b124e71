"""Bodies of the products API. Money is in cents, stock in units."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_LINES = 50

Slug = Annotated[
    str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"), Field(examples=["olive-wood-board"])
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Units = Annotated[int, Field(ge=0, le=1_000_000)]
ProductId = Annotated[str, StringConstraints(min_length=1, max_length=80)]
OrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewProduct(_Body):
    """A product to be sold; `picture` is the name of a picture the frontend has."""

    slug: Slug
    name: Name
    description: Description = ""
    category: Slug
    price_cents: Cents
    stock: Units = 0
    picture: Slug


class ProductChange(_Body):
    """The fields to change; those left out, or null, stay."""

    name: Name | None = None
    description: Description | None = None
    category: Slug | None = None
    price_cents: Cents | None = None
    stock: Units | None = None
    picture: Slug | None = None
    withdrawn: bool | None = None


class Product(BaseModel):
    """A product. `stock` is what can be ordered now, `version` grows with every change, stock included."""

    id: str
    slug: str
    name: str
    description: str
    category: str
    price_cents: int
    currency: Literal["EUR"]
    stock: int
    picture: str
    version: int
    withdrawn: bool


class Page(BaseModel):
    """Products by slug; `next_cursor` is null on the last page."""

    items: list[Product]
    next_cursor: str | None


class LineIn(_Body):
    """Units of one product that an order wants."""

    product_id: ProductId
    quantity: Annotated[int, Field(ge=1, le=1000)]


class ReservationIn(_Body):
    """All lines of an order; lines of the same product are added up."""

    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]


class ReservedLine(BaseModel):
    """Units held, with the name and price they were held at."""

    product_id: str
    name: str
    quantity: int
    price_cents: int


class ReservationOut(BaseModel):
    """What is held or sold for an order."""

    order_id: str
    state: Literal["reserving", "reserved", "confirmed", "released", "refused"]
    lines: list[ReservedLine]
