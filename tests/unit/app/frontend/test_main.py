"""The shop as a whole: a shopper's way through it without JavaScript, and what is left of it when services are away."""

from collections.abc import Callable

import pytest

from tests.unit.app.frontend.browser import EMAIL, PASSWORD, Browser
from tests.unit.app.frontend.fakes import Town, town

pytestmark = pytest.mark.anyio


async def test_a_shopper_browses_buys_looks_cancels_and_leaves(shop: Town, browser: Browser) -> None:
    page = await browser.open("/")
    assert page.title == "Things made by hand · A Tu Mano"
    page = await browser.open(page.link("Next page"))
    assert "Ochre Wool Throw" in page.text
    assert "Oat Breakfast Bowl" not in page.text
    page = await browser.open(page.link("Kitchen"))
    assert "Cherry Spoon Set" in page.text
    assert "Ochre Wool Throw" not in page.text

    page = await browser.send("/", q="bowl")
    assert "Results for “bowl”" in page.text
    page = await browser.open(page.link("Oat Breakfast Bowl"))
    assert page.title == "Oat Breakfast Bowl · A Tu Mano"
    assert "€24.00" in page.text
    page = await browser.send("/basket", quantity="2")
    assert page.path == "/basket"
    assert "2 of Oat Breakfast Bowl added to your basket." in page.text
    assert "€48.00" in page.text

    page = await browser.open(page.link("Check out"))
    assert page.path == "/login?next=%2Fcheckout"
    page = await browser.open(page.link("Register"))
    page = await browser.send("/register", email=EMAIL, password=PASSWORD)
    assert page.path == "/checkout"
    assert "Welcome! Your account is ready." in page.text
    assert "2 \N{MULTIPLICATION SIGN} €24.00" in page.text

    page = await browser.send("/checkout")
    assert page.path == "/my-orders/order-1"
    assert "Thank you! Your order is placed." in page.text
    assert shop.products.shelf["breakfast-bowl-oat"].stock == 58

    assert "Your basket is empty" in (await browser.open("/basket")).text
    page = await browser.open("/my-orders")
    page = await browser.open(page.link("Order of 24 November 2026"))
    assert "Placed" in page.text
    page = await browser.send("/my-orders/order-1/cancel")
    assert "You cancelled this order." in page.text
    assert "Cancel this order" not in page.text

    page = await browser.send("/logout")
    assert page.path == "/"
    assert "Log in" in page.text
    assert shop.auth.logouts == 1
    assert not shop.auth.live
    assert (await browser.open("/my-orders")).path == "/login?next=%2Fmy-orders"


async def test_the_catalogue_being_away_is_told_and_the_basket_is_kept(shop: Town, browser: Browser) -> None:
    await browser.open("/item/breakfast-bowl-oat")
    await browser.send("/basket", quantity="2")
    with shop.without(shop.products):
        for path in ("/", "/item/breakfast-bowl-oat", "/basket"):
            page = await browser.open(path)
            assert (page.status, page.headers["retry-after"]) == (503, "5")
            assert "The shop is catching its breath" in page.text
            assert "Your basket is kept." in page.text
            assert page.link("Try again") == path
    assert "€48.00" in (await browser.open("/basket")).text


async def test_auth_being_away_does_not_break_the_catalogue(shop: Town, browser: Browser) -> None:
    with shop.without(shop.auth):
        assert (await browser.open("/")).status == 200
        await browser.open("/login")
        page = await browser.send("/login", email=EMAIL, password=PASSWORD)
        assert page.status == 503
        assert "You can look around meanwhile." in page.text


async def test_orders_being_away_never_costs_an_order_or_makes_two(shop: Town, browser: Browser) -> None:
    await browser.buy_until_review("breakfast-bowl-oat")
    review = browser.page
    with shop.without(shop.orders):
        page = await browser.send("/checkout")
        assert page.status == 503
        assert "What you ordered is safe." in page.text
    browser.page = review
    assert (await browser.send("/checkout")).path == "/my-orders/order-1"
    browser.page = review
    assert (await browser.send("/checkout")).path == "/my-orders/order-1"
    assert len(shop.orders.made) == 1


async def test_the_catalogue_is_shown_without_a_database_and_the_basket_says_why_not() -> None:
    nowhere = "mongodb://127.0.0.1:1/frontend?serverSelectionTimeoutMS=50"
    async with town(nowhere, wait_until_ready=False) as shop, shop.browser() as browser:
        cookie = shop.app.state.seal.cookie("somebody")
        browser.http.cookies.set("session", cookie)
        page = await browser.open("/")
        assert page.status == 200
        assert "Oat Breakfast Bowl" in page.text
        page = await browser.open("/basket")
        assert page.status == 503
        assert "Baskets and logins cannot be reached just now." in page.text


async def test_a_shop_behind_https_binds_its_cookie_to_the_host(database_uri: Callable[[str], str]) -> None:
    async with town(database_uri("frontend"), "https://shop.test") as shop, shop.browser() as browser:
        page = await browser.open("/login")
        (cookie,) = page.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-session=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_probes_answer_in_json(shop: Town, browser: Browser) -> None:
    answer = await browser.http.get("/healthz")
    assert (answer.status_code, answer.json()["service"]) == (200, "frontend")
    assert (await browser.http.get("/readyz")).json()["status"] == "ready"
