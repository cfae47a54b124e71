"""The products API: HTTP only. What begins with /internal is not routed by the edge."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response, status

from app.products.errors import NotForSale, OtherLines, OutOfStock, Released, ReservationBusy, SlugTaken
from app.products.reservations import Reservations
from app.products.schemas import (
    NewProduct,
    OrderId,
    Page,
    Product,
    ProductChange,
    ProductId,
    ReservationIn,
    ReservationOut,
    Slug,
)
from app.products.service import Catalogue
from app.shared.errors import (
    Forbidden,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Unauthorized,
    errors,
)
from app.shared.pages import Cursor, InvalidCursor, Limit
from app.shared.tokens import service, staff

router = APIRouter(prefix="/products", tags=["products"])
internal = APIRouter(
    prefix="/internal/reservations",
    tags=["reservations"],
    dependencies=[Depends(service)],
    responses=errors(Unauthorized, Forbidden),
)

_ETAG = re.compile(r'^"(\d{1,15})"$')


async def _catalogue(request: Request) -> Catalogue:
    found: Catalogue = request.app.state.catalogue
    return found


async def _reservations(request: Request) -> Reservations:
    found: Reservations = request.app.state.reservations
    return found


def _version(if_match: str | None) -> int:
    if if_match is None:
        msg = "If-Match is required. Send the ETag of the product as you last saw it."
        raise PreconditionRequired(msg)
    match = _ETAG.match(if_match)
    if match is None:
        msg = f"If-Match is {if_match}, one ETag of this product is required. Load the product again."
        raise PreconditionFailed(msg)
    return int(match[1])


CatalogueDep = Annotated[Catalogue, Depends(_catalogue)]
ReservationsDep = Annotated[Reservations, Depends(_reservations)]
IfMatch = Annotated[str | None, Header(description='The `ETag` the change is based on, such as "3".')]
ProductPath = Annotated[ProductId, Path(description="Id or slug.")]
STAFF_ONLY = [Depends(staff)]
CHANGE_ERRORS = errors(Unauthorized, Forbidden, NotFound, PreconditionFailed, PreconditionRequired)
ETAG_HEADER = {"ETag": {"schema": {"type": "string"}, "description": "The product's version, for If-Match."}}


def _tag(product: Product) -> str:
    return f'"{product.version}"'


@router.get(
    "",
    response_model=None,
    responses={200: {"model": Page, "description": "A page of products on sale, by slug."}, **errors(InvalidCursor)},
)
async def page(
    request: Request,
    q: Annotated[str | None, Query(max_length=100, description="Beginnings of words that must all be found.")] = None,
    category: Annotated[Slug | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """List or search the products on sale."""
    # Not by a dependency: this is the route whose every microsecond counts.
    catalogue: Catalogue = request.app.state.catalogue
    content = await catalogue.page(query=q, category=category, limit=limit, cursor=cursor)
    return Response(content, media_type="application/json")


@router.get(
    "/{product_id}",
    responses={
        200: {"headers": ETAG_HEADER},
        304: {"description": "The product still has the version of If-None-Match."},
        **errors(NotFound),
    },
    response_model=Product,
)
async def one(
    product_id: ProductPath,
    catalogue: CatalogueDep,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Product | Response:
    """One product, also a withdrawn one."""
    product = await catalogue.one(product_id)
    if if_none_match == _tag(product):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": _tag(product)})
    response.headers["ETag"] = _tag(product)
    return product


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=STAFF_ONLY,
    responses={201: {"headers": ETAG_HEADER}, **errors(Unauthorized, Forbidden, SlugTaken)},
)
async def add(body: NewProduct, catalogue: CatalogueDep, response: Response) -> Product:
    """Put a product on sale."""
    product = await catalogue.add(body)
    response.headers["ETag"] = _tag(product)
    response.headers["Location"] = f"/products/{product.id}"
    return product


@router.patch("/{product_id}", dependencies=STAFF_ONLY, responses={200: {"headers": ETAG_HEADER}, **CHANGE_ERRORS})
async def change(
    product_id: ProductPath,
    body: ProductChange,
    catalogue: CatalogueDep,
    response: Response,
    if_match: IfMatch = None,
) -> Product:
    """Change fields of a product. Orders change its stock, and so its version, at any time: on 412 load it again."""
    product = await catalogue.change(product_id, _version(if_match), body)
    response.headers["ETag"] = _tag(product)
    return product


@router.delete(
    "/{product_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=STAFF_ONLY, responses=CHANGE_ERRORS
)
async def withdraw(product_id: ProductPath, catalogue: CatalogueDep, if_match: IfMatch = None) -> None:
    """Take a product off sale; it can still be read, and a change can put it back."""
    await catalogue.withdraw(product_id, _version(if_match))


@internal.put(
    "/{order_id}",
    responses={
        201: {"model": ReservationOut, "description": "The units are held."},
        **errors(OutOfStock, NotForSale, Released, OtherLines, ReservationBusy),
    },
)
async def reserve(
    order_id: OrderId, body: ReservationIn, reservations: ReservationsDep, response: Response
) -> ReservationOut:
    """Hold all lines of an order or none. 201 the first time, 200 when it was done before."""
    reservation, new = await reservations.reserve(order_id, body.lines)
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    return reservation


@internal.get("/{order_id}", responses=errors(NotFound))
async def reservation_of(order_id: OrderId, reservations: ReservationsDep) -> ReservationOut:
    """What is held for an order."""
    return await reservations.get(order_id)


@internal.post("/{order_id}/confirm", responses=errors(NotFound, Released, ReservationBusy))
async def confirm(order_id: OrderId, reservations: ReservationsDep) -> ReservationOut:
    """Sell what is held."""
    return await reservations.confirm(order_id)


@internal.post("/{order_id}/release", responses=errors(ReservationBusy))
async def release(order_id: OrderId, reservations: ReservationsDep) -> ReservationOut:
    """Give back what is held or sold for an order; from then on it cannot be reserved, not even for the first time."""
    return await reservations.release(order_id)
