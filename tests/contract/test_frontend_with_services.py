"""A shopper's way through the pages of the frontend with the real auth, products and orders behind them."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.contract.shop import Shop, open_shop
from tests.support import PUBLIC_URL
from tests.unit.app.frontend.browser import PASSWORD, Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def shop(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The whole shop, on databases of its own."""
    home = tmp_path_factory.mktemp("shop")
    with open_shop(lambda name: f"{mongodb}/pages_{name}?replicaSet=secantus", home) as opened:
        yield opened


@pytest.fixture
async def browser(shop: Shop) -> AsyncIterator[Browser]:
    """A browser in front of the frontend."""
    async with Browser(httpx.AsyncHTTPTransport(), PUBLIC_URL, listens_at=shop.urls["frontend"]) as made:
        yield made


async def test_a_shopper_finds_buys_and_cancels(browser: Browser) -> None:
    page = await browser.open("/")
    page = await browser.open(page.link("Next page"))
    assert page.link("First page") == "/"
    page = await browser.send("/", q="jug")
    page = await browser.open(page.link("Terracotta Water Jug"))
    await browser.send("/basket", quantity="2")
    page = await browser.register("shopper@example.com", to="/checkout")
    assert page.path == "/checkout"
    form = page.form("/checkout").fields
    answers = [await browser.post("/checkout", form) for _ in range(2)]
    (order,) = {each.headers["location"] for each in answers}
    page = await browser.open(order)
    assert "Thank you! Your order is placed." in page.text
    assert "€78.00" in page.text
    assert page.link("My orders") == "/my-orders"
    page = await browser.send(f"{order}/cancel")
    assert "You cancelled this order." in page.text or "on their way back to the shelf" in page.text
    assert len([each for each in (await browser.open("/my-orders")).all("a") if order in each.attributes["href"]]) == 1


async def test_what_sold_out_is_told_at_its_line(shop: Shop, browser: Browser) -> None:
    await browser.open("/item/wool-throw-ochre")
    await browser.send("/basket", quantity="5")
    await browser.register("late@example.com", to="/checkout")
    async with httpx.AsyncClient(
        base_url=shop.urls["products"], headers=shop.headers("products", "/products")
    ) as staff:
        found = await staff.get("/products/wool-throw-ochre")
        headers = {"If-Match": found.headers["etag"]}
        (await staff.patch(f"/products/{found.json()['id']}", json={"stock": 4}, headers=headers)).raise_for_status()
    page = await browser.send("/checkout")
    assert page.status == 409
    assert "Ochre Wool Throw: Only 4 left, and you want 5. Change the quantity to 4 or fewer." in page.text


async def test_wrong_passwords_and_taken_emails_are_told(browser: Browser) -> None:
    await browser.register("twice@example.com")
    await browser.send("/logout")
    page = await browser.register("twice@example.com")
    assert page.link("This email is registered already.") == "#email"
    await browser.open("/login")
    page = await browser.send("/login", email="twice@example.com", password="a wrong password")
    assert page.status == 401
    page = await browser.send("/login", email="Twice@Example.com", password=PASSWORD)
    assert "You are logged in." in page.text


@pytest.mark.parametrize("path", ["/item/nothing-of-this-name", "/?cursor=of-another-list", "/?category=No%20Shelf"])
async def test_what_is_not_there_is_told(browser: Browser, path: str) -> None:
    assert (await browser.open(path)).status == 404
