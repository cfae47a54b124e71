"""A shopper in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e import browser as real
from tests.e2e.api import Api

PICTURES = Path(__file__).parents[2] / "test-results" / "screenshots"
SCREENS: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
GOOD = "olive-wood-board"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with real.running() as browser:
        yield browser


@pytest.mark.parametrize(("screen", "scripts"), [("desktop", True), ("phone", False)])
def test_a_shopper_registers_buys_cancels_and_logs_out(
    chromium: Browser,
    api: Api,
    screen: str,
    scripts: bool,  # noqa: FBT001
) -> None:
    """From the front page to an order that is listed, one that is cancelled, and out, by what a person sees and clicks.

    Once on a desktop and once on a phone without JavaScript; nothing fails, nothing complains, nobody else is asked.
    Does not prove: other browsers, or that it is pleasant; the pictures in test-results/screenshots are for that.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(viewport=SCREENS[screen], java_script_enabled=scripts)
    window = real.Window(page=context.new_page(), origin=api.url, pictures=PICTURES / screen)
    page = window.page

    page.goto(f"{api.url}/")
    window.picture("front")
    _register(page)
    expect(page.get_by_role("status")).to_contain_text("Your account is ready")

    _search(page, "olive wood")
    window.picture("search")
    page.get_by_role("link", name="Olive", exact=False).last.click()
    expect(page).to_have_url(re.compile(r"/item/"))
    window.picture("item")
    name = page.get_by_role("heading", level=1).inner_text()
    _put_into_basket(page, 2)
    expect(page.get_by_role("link", name="Basket")).to_contain_text("2")
    window.picture("basket")

    first = _check_out(page, window)
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    window.picture("order")
    page.goto(f"{api.url}/item/{GOOD}")
    _put_into_basket(page, 1)
    second = _check_out(page, None)
    assert second != first

    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.locator("main")).to_contain_text(re.compile("cancelled", re.IGNORECASE))
    page.get_by_role("link", name="My orders").first.click()
    expect(page.locator("li.order")).to_have_count(2)
    states = [text.lower() for text in page.locator("li.order .tag").all_inner_texts()]
    window.picture("my-orders")
    assert "cancelled" in states[0]
    assert "cancelled" not in states[1]

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    page.goto(first)
    expect(page).to_have_url(re.compile(r"/login"))
    window.picture("login")
    context.close()
    assert window.wrong == []
    assert len(window.answers) > 20


def _register(page: Page) -> None:
    page.get_by_role("link", name="Log in").click()
    page.get_by_role("link", name="Register with an email and a password").click()
    page.get_by_label("Email").fill(f"{uuid4().hex}@example.com")
    page.get_by_label("Password").fill("a few words in a row")
    page.get_by_role("button", name="Register").click()


def _search(page: Page, words: str) -> None:
    page.get_by_label("Search the shop").fill(words)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def _put_into_basket(page: Page, quantity: int) -> None:
    page.get_by_label("Quantity").fill(str(quantity))
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", name="Your basket")).to_be_visible()


def _check_out(page: Page, window: real.Window | None) -> str:
    """The address of the order."""
    page.get_by_role("link", name="Check out").click()
    expect(page.get_by_role("heading", name="Review your order")).to_be_visible()
    if window:
        window.picture("review")
    page.get_by_role("button", name="Place the order").click()
    expect(page).to_have_url(re.compile(r"/my-orders/.+"))
    return page.url
