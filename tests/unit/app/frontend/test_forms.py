"""Forms are taken from our own pages only: every route that changes something is tried, none can be forgotten."""

import pytest
from fastapi.routing import APIRoute

from app.frontend import routes, shopper_routes
from tests.unit.app.frontend.browser import Browser
from tests.unit.app.frontend.fakes import Town

pytestmark = pytest.mark.anyio

POSTS = sorted(
    route.path.format(product_id="p-cherry-spoon-set", order_id="order-1")
    for router in (routes.router, shopper_routes.router)
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in (route.methods or ())
)
FIELDS = {
    "slug": "cherry-spoon-set",
    "quantity": "1",
    "email": "new@example.com",
    "password": "a long enough password",
    "key": "0" * 32,
    "reviewed": "p-cherry-spoon-set:1:2900",
}


def test_the_routes_that_change_something_are_known() -> None:
    assert POSTS == [
        "/basket",
        "/basket/p-cherry-spoon-set",
        "/checkout",
        "/login",
        "/logout",
        "/my-orders/order-1/cancel",
        "/register",
    ]


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_without_its_token_is_refused(shop: Town, browser: Browser, path: str) -> None:
    await browser.register()
    for token in ({}, {"csrf": ""}, {"csrf": "made.up"}, {"csrf": "x" * 200}):
        answer = await browser.post(path, {**FIELDS, **token})
        assert answer.status_code == 403
        assert "This form was open for too long" in answer.text
    assert not shop.orders.made
    assert list(shop.auth.accounts) == ["ada@example.com"]
    assert shop.auth.logouts == 0


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_with_another_visitors_token_is_refused(shop: Town, browser: Browser, path: str) -> None:
    async with shop.browser() as other:
        token = (await other.open("/login")).form("/login").fields["csrf"]
    await browser.register()
    assert (await browser.post(path, {**FIELDS, "csrf": token})).status_code == 403


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["other-site", "no-origin", "fetch-metadata"],
)
async def test_a_form_from_another_site_is_refused_even_with_a_token(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    page = await browser.register()
    token = page.form("/logout").fields["csrf"]
    answer = await browser.post(path, {**FIELDS, "csrf": token}, **headers)
    assert answer.status_code == 403
    assert "This form was not sent from the shop" in answer.text


async def test_a_token_of_before_the_login_is_worth_nothing_after_it(browser: Browser) -> None:
    old = (await browser.open("/register")).form("/register").fields["csrf"]
    await browser.register()
    assert (await browser.post("/logout", {"csrf": old})).status_code == 403


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"f%d=1" % number for number in range(21)), "application/x-www-form-urlencoded", 400),
        (b"csrf=%ff", "application/x-www-form-urlencoded", 400),
        (b"csrf=\xff", "application/x-www-form-urlencoded", 400),
        (b'{"csrf": "x"}', "application/json", 400),
        (b"csrf=x", "", 400),
    ],
    ids=["large", "very-large", "many-fields", "not-utf8", "not-ascii", "json", "untyped"],
)
async def test_what_is_no_form_of_ours_is_refused(
    browser: Browser, content: bytes, media_type: str, status: int
) -> None:
    await browser.open("/login")
    answer = await browser.http.post("/login", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == status
