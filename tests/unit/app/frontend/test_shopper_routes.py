"""Registering, logging in and out, checking out and orders, as a shopper sees them."""

import pytest

from tests.unit.app.frontend.browser import EMAIL, PASSWORD, Browser
from tests.unit.app.frontend.fakes import PAGE, Town

pytestmark = pytest.mark.anyio

BOWL = "breakfast-bowl-oat"


async def test_a_basket_is_kept_at_login_under_a_new_session(shop: Town, browser: Browser) -> None:
    await browser.register()
    await browser.send("/logout")
    await browser.open(f"/item/{BOWL}")
    await browser.send("/basket", quantity="2")
    before = browser.http.cookies["session"]
    await browser.open("/login")
    page = await browser.send("/login", email=EMAIL, password=PASSWORD)
    assert "You are logged in." in page.text
    assert browser.http.cookies["session"] != before
    assert "€48.00" in (await browser.open("/basket")).text

    async with shop.browser() as thief:
        thief.http.cookies.set("session", before)
        page = await thief.open("/basket")
        assert "Your basket is empty" in page.text
        assert "Log in" in page.text


async def test_a_cookie_of_somebody_else_making_is_not_a_session(shop: Town, browser: Browser) -> None:
    browser.http.cookies.set("session", "chosen-by-me.signature")
    page = await browser.open("/login")
    (cookie,) = page.headers.get_list("set-cookie")
    assert cookie.startswith("session=")
    assert "chosen-by-me" not in cookie
    assert await shop.app.state.sessions.find("chosen-by-me") is None


async def test_a_wrong_password_is_told_without_sending_it_back(shop: Town, browser: Browser) -> None:
    shop.auth.accounts[EMAIL] = PASSWORD
    await browser.open("/login?next=/my-orders")
    page = await browser.send("/login", email=EMAIL, password="a wrong password")
    assert page.status == 401
    assert page.link("Email and password do not belong together.") == "#email"
    assert page.form("/login").fields | {"csrf": ""} == {
        "csrf": "",
        "next": "/my-orders",
        "email": EMAIL,
        "password": "",
    }
    assert "a wrong password" not in page.source
    assert (await browser.send("/login", password=PASSWORD)).path == "/my-orders"


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("", PASSWORD, "Enter your email address, like name@example.com."),
        ("ada@home", PASSWORD, "Enter your email address, like name@example.com."),
        (EMAIL, "short", "Choose a password of 10 to 128 characters."),
    ],
)
async def test_registering_explains_what_is_wanted(
    shop: Town, browser: Browser, email: str, password: str, told: str
) -> None:
    await browser.open("/register")
    page = await browser.send("/register", email=email, password=password)
    assert page.status == 422
    assert page.link(told) == ("#email" if "email" in told else "#password")
    assert not shop.auth.accounts


async def test_registering_an_email_twice_is_told(shop: Town, browser: Browser) -> None:
    shop.auth.accounts[EMAIL] = PASSWORD
    page = await browser.register()
    assert page.status == 409
    assert page.link("This email is registered already.") == "#email"


@pytest.mark.parametrize("path", ["/login", "/register"])
async def test_somebody_logged_in_is_sent_on(browser: Browser, path: str) -> None:
    await browser.register()
    assert (await browser.open(f"{path}?next=/basket")).path == "/basket"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/auth/logout"])
async def test_a_login_never_leads_to_another_site(browser: Browser, elsewhere: str) -> None:
    await browser.register(to=elsewhere)
    assert browser.page.url == "http://shop.test/"


@pytest.mark.parametrize("path", ["/checkout", "/my-orders", "/my-orders/order-1"])
async def test_pages_of_a_shopper_ask_for_a_login_and_come_back(shop: Town, browser: Browser, path: str) -> None:
    shop.auth.accounts[EMAIL] = PASSWORD
    assert (await browser.open(path)).form("/login").fields["next"] == path


async def test_an_empty_basket_cannot_be_checked_out(browser: Browser) -> None:
    await browser.register()
    page = await browser.open("/checkout")
    assert page.path == "/basket"


async def test_a_second_click_makes_no_second_order(shop: Town, browser: Browser) -> None:
    page = await browser.buy_until_review(BOWL)
    form = page.form("/checkout").fields
    answers = [await browser.post("/checkout", form) for _ in range(2)]
    assert [each.headers["location"] for each in answers] == ["/my-orders/order-1"] * 2
    assert len(shop.orders.made) == 1


async def test_a_second_click_while_the_first_is_being_worked_on_waits_for_it(shop: Town, browser: Browser) -> None:
    await browser.buy_until_review(BOWL)
    shop.orders.busy = 1
    assert (await browser.send("/checkout")).path == "/my-orders/order-1"


async def test_an_order_that_takes_long_is_promised_to_appear(
    shop: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.frontend.service.PLACING_PAUSE_SECONDS", 0)
    await browser.buy_until_review(BOWL)
    shop.orders.busy = 100
    page = await browser.send("/checkout")
    assert page.path == "/my-orders"
    assert "Your order is being placed" in page.text


async def test_what_sold_out_meanwhile_is_told_at_its_line(shop: Town, browser: Browser) -> None:
    await browser.open("/item/cherry-spoon-set")
    await browser.send("/basket", quantity="1")
    await browser.buy_until_review("water-jug-terracotta", "3")
    shop.products.change("water-jug-terracotta", stock=2)
    page = await browser.send("/checkout")
    assert page.status == 409
    told = "Terracotta Water Jug: Only 2 left, and you want 3. Change the quantity to 2 or fewer."
    assert page.link(told) == "#line-p-water-jug-terracotta"
    line = next(each for each in page.all("li") if each.attributes.get("id") == "line-p-water-jug-terracotta")
    assert "Only 2 left, and you want 3." in line.text
    assert [form.action for form in page.forms if form.action == "/checkout"] == []
    assert not shop.orders.made
    assert shop.products.shelf["cherry-spoon-set"].stock == 42


async def test_a_price_that_changed_after_the_review_is_told_before_ordering(shop: Town, browser: Browser) -> None:
    before = (await browser.buy_until_review(BOWL)).form("/checkout").fields
    shop.products.change(BOWL, price_cents=2600)
    page = await browser.send("/checkout")
    assert page.status == 409
    assert page.link("Oat Breakfast Bowl: The price has changed from €24.00 to €26.00.") == f"#line-p-{BOWL}"
    assert not shop.orders.made
    assert page.form("/checkout").fields["key"] != before["key"]
    page = await browser.send("/checkout")
    assert page.path == "/my-orders/order-1"
    assert "€26.00" in page.text


async def test_what_was_put_in_after_the_review_stays_in_the_basket(browser: Browser) -> None:
    review = await browser.buy_until_review(BOWL)
    await browser.open("/item/cherry-spoon-set")
    await browser.send("/basket", quantity="1")
    browser.page = review
    assert "Cherry Spoon Set" not in (await browser.send("/checkout")).text
    page = await browser.open("/basket")
    assert "Cherry Spoon Set" in page.text
    assert "Oat Breakfast Bowl" not in page.text


@pytest.mark.parametrize("field", ["key", "reviewed"])
async def test_a_tampered_order_form_is_refused(shop: Town, browser: Browser, field: str) -> None:
    page = await browser.buy_until_review(BOWL)
    answer = await browser.post("/checkout", page.form("/checkout").fields | {field: "p:0:x"})
    assert answer.status_code == 422
    assert not shop.orders.made


async def test_orders_are_listed_by_page_and_belong_to_their_shopper(shop: Town, browser: Browser) -> None:
    await browser.register()
    for _ in range(PAGE + 1):
        await browser.open(f"/item/{BOWL}")
        await browser.send("/basket", quantity="1")
        await browser.open("/checkout")
        await browser.send("/checkout")
    page = await browser.open("/my-orders")
    assert len([each for each in page.all("a") if each.attributes["href"].startswith("/my-orders/")]) == PAGE
    page = await browser.open(page.link("Older orders"))
    assert page.link("Order of") == "/my-orders/order-1"
    assert page.link("Newest orders") == "/my-orders"

    async with shop.browser() as other:
        await other.register("eve@example.com")
        assert (await other.open("/my-orders/order-1")).status == 404
        assert "No orders yet" in (await other.open("/my-orders")).text


async def test_what_cannot_be_cancelled_is_told(shop: Town, browser: Browser) -> None:
    await browser.buy_until_review(BOWL)
    page = await browser.send("/checkout")
    owner, order = shop.orders.made["order-1"]
    shop.orders.made["order-1"] = (owner, order.model_copy(update={"status": "rejected"}))
    page = await browser.send("/my-orders/order-1/cancel")
    assert page.status == 409
    assert "This order cannot be cancelled any more" in page.text


async def test_an_order_is_shown_while_the_catalogue_is_away(shop: Town, browser: Browser) -> None:
    await browser.buy_until_review(BOWL)
    await browser.send("/checkout")
    with shop.without(shop.products):
        page = await browser.open("/my-orders/order-1")
        assert page.status == 200
        assert "Oat Breakfast Bowl" in page.text


async def test_an_order_not_placed_yet_is_shown_without_prices(shop: Town, browser: Browser) -> None:
    await browser.buy_until_review(BOWL)
    await browser.send("/checkout")
    owner, order = shop.orders.made["order-1"]
    lines = [line.model_copy(update={"name": None, "price_cents": None}) for line in order.lines]
    pending = order.model_copy(update={"status": "pending", "lines": lines, "total_cents": None})
    shop.orders.made["order-1"] = (owner, pending)
    page = await browser.open("/my-orders/order-1")
    assert "Being placed" in page.text
    assert "not known yet" in page.text
    assert "Oat Breakfast Bowl" in page.text


async def test_logging_out_works_while_auth_is_away(shop: Town, browser: Browser) -> None:
    await browser.register()
    cookie = browser.http.cookies["session"]
    with shop.without(shop.auth):
        page = await browser.send("/logout")
    assert page.path == "/"
    assert "session" not in browser.http.cookies
    browser.http.cookies.set("session", cookie)
    assert (await browser.open("/my-orders")).path == "/login?next=%2Fmy-orders"
