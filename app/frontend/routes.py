"""The shop's pages: HTTP only. A form that was carried out answers with a redirect, one that was refused with itself.

What concerns one shopper's login and orders is in shopper_routes.py.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from app.frontend.assets import Assets
from app.frontend.errors import Refused
from app.frontend.forms import Submitted, body_of, read
from app.frontend.pages import SEE_OTHER, html
from app.frontend.parts import PagesDep, ShopDep
from app.frontend.schemas import (
    CATEGORIES,
    MOST_OF_ONE,
    ActionForm,
    AddForm,
    CategoryFilter,
    ChangeForm,
    CursorText,
    Identifier,
    QuantityForm,
    QueryText,
    SlugForm,
)
from app.frontend.visiting import Guest, Looker
from app.frontend.words import with_query
from app.shared.errors import NotFound

router = APIRouter(default_response_class=HTMLResponse, tags=["shop"])

NOT_FOR_ROBOTS = ("/basket", "/checkout", "/my-orders", "/login", "/register")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in NOT_FOR_ROBOTS)

Slug = Annotated[Identifier, Path(description="The product's name in addresses.")]
ProductId = Annotated[Identifier, Path(description="The product's id.")]


@router.get("/", responses=html(404, 429))
async def catalogue(
    *,
    visitor: Looker,
    shop: ShopDep,
    pages: PagesDep,
    q: Annotated[QueryText, Query(description="Words to look for.")] = "",
    category: Annotated[CategoryFilter, Query(description="One shelf only.")] = "",
    cursor: Annotated[CursorText, Query(description="Where the page before ended.")] = "",
) -> Response:
    """What is sold, with search, shelves and pages."""
    found = await shop.catalogue(query=q, category=category, cursor=cursor)
    following = {"q": q, "category": category, "cursor": found.next_cursor}
    return pages.page(
        "catalogue.html",
        visitor,
        front=not (q or category or cursor),
        query=q,
        category=category,
        categories=CATEGORIES,
        products=found.items,
        first_page=not cursor,
        next_url=with_query("/", following) if found.next_cursor else "",
    )


@router.get("/item/{slug}", responses=html(404, 429))
async def item(slug: Slug, visitor: Looker, shop: ShopDep, pages: PagesDep) -> Response:
    """One product."""
    product = await shop.product(slug)
    return pages.page("item.html", visitor, product=product, quantity=1, most=MOST_OF_ONE, problems={})


@router.get("/basket", responses=html(429))
async def basket(visitor: Guest, shop: ShopDep, pages: PagesDep) -> Response:
    """The visitor's basket at today's prices."""
    return pages.page(
        "basket.html", visitor, here="basket", basket=await shop.basket(visitor), most=MOST_OF_ONE, problems={}
    )


@router.post(
    "/basket",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 403, 404, 413, 429)},
    openapi_extra=body_of(AddForm),
)
async def add(fields: Submitted, visitor: Guest, shop: ShopDep, pages: PagesDep) -> Response:
    """Put a product into the basket."""
    slug = read(SlugForm, fields).slug
    try:
        form = read(AddForm, fields)
        await shop.add(visitor, form.slug, form.quantity)
    except Refused as refused:
        product = await shop.product(slug)
        return pages.page(
            "item.html", visitor, status=refused.status, product=product, quantity=fields.get("quantity", "1"),
            most=MOST_OF_ONE, problems=refused.problems,
        )  # fmt: skip
    return pages.go("/basket", visitor)


@router.post(
    "/basket/{product_id}",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 403, 404, 413, 429)},
    openapi_extra=body_of(ChangeForm),
)
async def change(product_id: ProductId, fields: Submitted, visitor: Guest, shop: ShopDep, pages: PagesDep) -> Response:
    """Change how many of a product are in the basket, or remove it."""
    try:
        if read(ActionForm, fields).action == "remove":
            await shop.remove(visitor, product_id)
        else:
            await shop.change(visitor, product_id, read(QuantityForm, fields).quantity)
    except Refused as refused:
        now = await shop.basket(visitor)
        problems = {f"{field}-{product_id}": text for field, text in refused.problems.items()}
        return pages.page(
            "basket.html", visitor, status=refused.status, here="basket", basket=now, most=MOST_OF_ONE,
            problems=problems,
        )  # fmt: skip
    return pages.go("/basket", visitor)


@router.get("/static/{path:path}", include_in_schema=False)
async def static(path: str, request: Request) -> Response:
    """Style sheet and drawings."""
    assets: Assets = request.app.state.assets
    found = assets.response(path)
    if found is None:
        msg = "The shop has no such file."
        raise NotFound(msg)
    return found


@router.get("/robots.txt", include_in_schema=False)
async def robots() -> Response:
    """What search engines may look at."""
    return Response(ROBOTS, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"})
