"""Catalogue and basket, as a visitor sees them."""

import pytest

from tests.unit.app.frontend.browser import Browser
from tests.unit.app.frontend.fakes import PAGE, Town

pytestmark = pytest.mark.anyio


async def test_a_basket_is_changed_and_emptied(browser: Browser) -> None:
    for slug, quantity in [("breakfast-bowl-oat", "1"), ("cherry-spoon-set", "2")]:
        await browser.open(f"/item/{slug}")
        await browser.send("/basket", quantity=quantity)
    assert "€82.00" in browser.page.text
    page = await browser.send("/basket/p-cherry-spoon-set", button=("action", "change"), quantity="5")
    assert "€169.00" in page.text
    assert ", items: 6" in " ".join(page.text.split())
    page = await browser.send("/basket/p-breakfast-bowl-oat", button=("action", "remove"))
    assert "Oat Breakfast Bowl removed from your basket." in page.text
    assert "€145.00" in page.text
    page = await browser.send("/basket/p-cherry-spoon-set", button=("action", "remove"), quantity="")
    assert "Your basket is empty" in page.text


async def test_adding_twice_adds_up(browser: Browser) -> None:
    for _ in range(2):
        await browser.open("/item/breakfast-bowl-oat")
        page = await browser.send("/basket", quantity="3")
    assert page.form("/basket/p-breakfast-bowl-oat").fields["quantity"] == "6"


@pytest.mark.parametrize(
    ("slug", "quantity", "told"),
    [
        ("breakfast-bowl-oat", "0", "Enter a whole number from 1 to 20."),
        ("breakfast-bowl-oat", "21", "Enter a whole number from 1 to 20."),
        ("breakfast-bowl-oat", "many", "Enter a whole number from 1 to 20."),
        ("water-jug-terracotta", "4", "You can have 3 of these. Choose fewer."),
    ],
)
async def test_an_impossible_quantity_is_explained(browser: Browser, slug: str, quantity: str, told: str) -> None:
    await browser.open(f"/item/{slug}")
    page = await browser.send("/basket", quantity=quantity)
    assert page.status == 422
    assert told in page.text
    assert page.link(told) == "#quantity"


async def test_an_impossible_change_is_explained(browser: Browser) -> None:
    await browser.open("/item/breakfast-bowl-oat")
    await browser.send("/basket", quantity="2")
    page = await browser.send("/basket/p-breakfast-bowl-oat", button=("action", "change"), quantity="-1")
    assert page.status == 422
    assert "Enter a whole number from 1 to 20." in page.text
    assert "€48.00" in (await browser.open("/basket")).text


async def test_a_basket_shows_prices_and_stock_of_now_and_says_what_changed(shop: Town, browser: Browser) -> None:
    for slug in ("breakfast-bowl-oat", "water-jug-terracotta", "cherry-spoon-set", "olive-wood-board"):
        await browser.open(f"/item/{slug}")
        await browser.send("/basket", quantity="3")
    shop.products.change("breakfast-bowl-oat", price_cents=2600)
    shop.products.change("water-jug-terracotta", stock=2)
    shop.products.change("cherry-spoon-set", stock=0)
    shop.products.change("olive-wood-board", withdrawn=True)
    page = await browser.open("/basket")
    assert "The price has changed from €24.00 to €26.00." in page.text
    assert "Only 2 left, and you want 3. Change the quantity to 2 or fewer." in page.text
    assert "This is sold out now. Remove it to order the rest." in page.text
    assert "This is no longer sold. Remove it to order the rest." in page.text
    assert "€282.00" in page.text, "3 bowls, 3 jugs, 3 sets of spoons; what is no longer sold costs nothing"


async def test_a_product_nobody_knows_any_more_is_still_named_in_the_basket(shop: Town, browser: Browser) -> None:
    await browser.open("/item/breakfast-bowl-oat")
    await browser.send("/basket", quantity="1")
    del shop.products.shelf["breakfast-bowl-oat"]
    page = await browser.open("/basket")
    assert "Oat Breakfast Bowl" in page.text
    assert "This is no longer sold." in page.text


async def test_a_basket_holds_thirty_different_things(shop: Town, browser: Browser) -> None:
    model = shop.products.shelf["breakfast-bowl-oat"]
    for number in range(31):
        slug = f"bowl-{number}"
        shop.products.shelf[slug] = model.model_copy(update={"slug": slug, "id": f"id-{number}"})
        await browser.open(f"/item/{slug}")
        await browser.send("/basket", quantity="1")
    assert browser.page.status == 422
    assert "A basket holds 30 different things." in browser.page.text


async def test_what_is_sold_out_cannot_be_added(browser: Browser) -> None:
    page = await browser.open("/item/forged-paring-knife")
    assert "Sold out" in page.text
    assert [form.action for form in page.forms] == ["/"]


async def test_pages_lead_forward_and_back_to_the_first(browser: Browser) -> None:
    page = await browser.open("/?category=ceramics")
    assert not [each for each in page.all("nav") if each.attributes.get("aria-label") == "Pages"]
    page = await browser.open("/")
    page = await browser.open(page.link("Next page"))
    assert page.path == f"/?cursor={PAGE}"
    assert page.link("First page") == "/"


async def test_a_search_without_results_says_so(browser: Browser) -> None:
    page = await browser.open("/?q=%3Cscript%3Ezebra")
    assert page.status == 200
    assert "Nothing here answers to that" in page.text
    assert "<script" not in page.source


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/item/nothing", 404),
        ("/item/no%20slug", 404),
        ("/nowhere", 404),
        ("/internal/reservations/x", 404),
        ("/static/none.css", 404),
        ("/static/../main.py", 404),
        ("/?cursor=of-another-list", 404),
        (f"/?q={'x' * 101}", 422),
    ],
)
async def test_an_address_of_nothing_answers_with_a_page(browser: Browser, path: str, status: int) -> None:
    page = await browser.open(path)
    assert page.status == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.link("To the front of the shop") == "/"


async def test_looking_around_leaves_no_session(shop: Town, browser: Browser) -> None:
    for path in ("/", "/?q=bowl", "/item/breakfast-bowl-oat", "/basket", "/login"):
        await browser.open(path)
    sessions = shop.app.state.sessions._sessions
    assert await sessions.count_documents({}) == 0
    await browser.open("/item/breakfast-bowl-oat")
    await browser.send("/basket", quantity="1")
    assert await sessions.count_documents({}) == 1


async def test_robots_are_told_what_is_not_for_them(browser: Browser) -> None:
    answer = await browser.http.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Disallow: /checkout\n" in answer.text
