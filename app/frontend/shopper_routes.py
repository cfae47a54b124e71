"""Pages of one shopper: registering, logging in and out, checking out, orders. HTTP only, like routes.py.

Routes with parameters of their own leave it to the account to ask for a login, since a wrong address is a wrong address
for everyone, and FastAPI asks dependencies before it looks at a route's parameters.
"""

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from app.frontend.errors import Refused, StillPlacing
from app.frontend.forms import Submitted, body_of, read
from app.frontend.pages import SEE_OTHER, Pages, html
from app.frontend.parts import AccountDep, PagesDep, ShopDep
from app.frontend.repository import Notice
from app.frontend.schemas import CursorText, Form, Identifier, LoginForm, PlaceForm, RegisterForm
from app.frontend.service import Basket
from app.frontend.visiting import Guest, Shopper
from app.frontend.visitor import Visitor
from app.frontend.words import safe_next, with_query

router = APIRouter(default_response_class=HTMLResponse, tags=["shopper"])

OrderId = Annotated[Identifier, Path(description="The order's number.")]
Next = Annotated[str, Query(max_length=500, description="The page to go on with; other sites are ignored.")]

STILL_PLACING = Notice(
    tone="warn", text="Your order is being placed: it appears here in a moment. Reload to look again."
)


@router.get("/login", responses={**SEE_OTHER, **html()})
async def login_page(visitor: Guest, pages: PagesDep, next: Next = "/") -> Response:  # noqa: A002 - the parameter's name
    """The form to log in with."""
    return _entry("login.html", visitor, pages, safe_next(next))


@router.post(
    "/login",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 401, 403, 413, 429)},
    openapi_extra=body_of(LoginForm),
)
async def login(fields: Submitted, visitor: Guest, account: AccountDep, pages: PagesDep) -> Response:
    """Log in; the basket comes along."""
    to = safe_next(fields.get("next", "/"))
    try:
        form = read(LoginForm, fields)
        await account.login(visitor, form.email, form.password)
    except Refused as refused:
        return _again("login.html", visitor, pages, to=to, fields=fields, refused=refused)
    return pages.go(to, visitor)


@router.get("/register", responses={**SEE_OTHER, **html()})
async def register_page(visitor: Guest, pages: PagesDep, next: Next = "/") -> Response:  # noqa: A002
    """The form to register with."""
    return _entry("register.html", visitor, pages, safe_next(next))


@router.post(
    "/register",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 401, 403, 409, 413, 429)},
    openapi_extra=body_of(RegisterForm),
)
async def register(fields: Submitted, visitor: Guest, account: AccountDep, pages: PagesDep) -> Response:
    """Make an account and log in."""
    to = safe_next(fields.get("next", "/"))
    try:
        form = read(RegisterForm, fields)
        await account.register(visitor, form.email, form.password)
    except Refused as refused:
        return _again("register.html", visitor, pages, to=to, fields=fields, refused=refused)
    return pages.go(to, visitor)


@router.post("/logout", status_code=303, responses={**SEE_OTHER, **html(400, 403, 413)}, openapi_extra=body_of(Form))
async def logout(_: Submitted, visitor: Guest, account: AccountDep, pages: PagesDep) -> Response:
    """End the session."""
    await account.logout(visitor)
    return pages.go("/", visitor)


@router.get("/checkout", responses={**SEE_OTHER, **html(429)})
async def review(visitor: Shopper, shop: ShopDep, pages: PagesDep) -> Response:
    """Look at everything once more before ordering."""
    basket = await shop.basket(visitor)
    return _review(basket, visitor, pages) if basket.lines else pages.go("/basket", visitor)


@router.post(
    "/checkout",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 403, 409, 413, 429)},
    openapi_extra=body_of(PlaceForm),
)
async def place(fields: Submitted, visitor: Shopper, shop: ShopDep, pages: PagesDep) -> Response:
    """Order what was reviewed; sending the form twice makes one order."""
    form = read(PlaceForm, fields)
    lines = form.lines()
    try:
        order_id = await shop.place(visitor, form.key, lines)
    except StillPlacing:
        await shop.tell(visitor, STILL_PLACING)
        return pages.go("/my-orders", visitor)
    except Refused as refused:
        return _review(await shop.review(lines), visitor, pages, refused)
    return pages.go(f"/my-orders/{order_id}", visitor)


@router.get("/my-orders", responses={**SEE_OTHER, **html(404, 429)})
async def orders(
    visitor: Guest,
    shop: ShopDep,
    pages: PagesDep,
    cursor: Annotated[CursorText, Query(description="Where the page before ended.")] = "",
) -> Response:
    """The shopper's orders, newest first."""
    found = await shop.orders(visitor, cursor)
    following = with_query("/my-orders", {"cursor": found.next_cursor}) if found.next_cursor else ""
    return pages.page(
        "orders.html", visitor, here="orders", orders=found.items, first_page=not cursor, next_url=following
    )


@router.get("/my-orders/{order_id}", responses={**SEE_OTHER, **html(404, 429)})
async def order(order_id: OrderId, visitor: Guest, shop: ShopDep, pages: PagesDep) -> Response:
    """One order and what can be done with it."""
    found = await shop.order(visitor, order_id)
    return pages.page("order.html", visitor, here="orders", order=found, products=await shop.drawings(found.lines))


@router.post(
    "/my-orders/{order_id}/cancel",
    status_code=303,
    responses={**SEE_OTHER, **html(400, 403, 404, 409, 413, 429)},
    openapi_extra=body_of(Form),
)
async def cancel(order_id: OrderId, _: Submitted, visitor: Guest, shop: ShopDep, pages: PagesDep) -> Response:
    """Cancel an order."""
    await shop.cancel(visitor, order_id)
    return pages.go(f"/my-orders/{order_id}", visitor)


def _entry(template: str, visitor: Visitor, pages: Pages, to: str) -> Response:
    """A form to come in by; somebody who is in already goes on."""
    if visitor.email:
        return pages.go(to, visitor)
    return pages.page(template, visitor, here="login", next=to, email="", problems={})


def _again(template: str, visitor: Visitor, pages: Pages, *, to: str, fields: Submitted, refused: Refused) -> Response:
    """The form once more with what is wrong; a password is never sent back."""
    email = fields.get("email", "")
    return pages.page(
        template, visitor, status=refused.status, here="login", next=to, email=email, problems=refused.problems
    )


def _review(basket: Basket, visitor: Visitor, pages: Pages, refused: Refused | None = None) -> Response:
    """The review with a fresh key: what was refused once is a new order when it is sent again."""
    return pages.page(
        "checkout.html",
        visitor,
        status=refused.status if refused else 200,
        here="basket",
        basket=basket,
        key=secrets.token_hex(16),
        problems=refused.problems if refused else {},
    )
