"""Every page is fit for everyone: landmarks, headings, labels, linked mistakes; nothing inline or from elsewhere."""

import re
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from app.frontend.pages import HERE
from app.shared.errors import TooManyRequests
from tests.unit.app.frontend.browser import EMAIL, Browser, Page
from tests.unit.app.frontend.fakes import Town

pytestmark = pytest.mark.anyio

BOWL = "breakfast-bowl-oat"


async def _all_pages(shop: Town, browser: Browser) -> AsyncIterator[Page]:
    """Every template in every state that changes its markup."""
    for path in (
        "/",
        "/?q=bowl",
        "/?category=kitchen&cursor=0",
        "/?q=zebra",
        f"/item/{BOWL}",
        "/item/forged-paring-knife",
    ):
        yield await browser.open(path)
    for path in ("/basket", "/login", "/register?next=/basket", "/nowhere"):
        yield await browser.open(path)
    yield await browser.send("/", q="“quotes” & <tags>")
    await browser.open("/login")
    yield await browser.send("/login", email="", password="")
    await browser.open("/register")
    yield await browser.send("/register", email="no", password="short")
    await browser.open(f"/item/{BOWL}")
    yield await browser.send("/basket", quantity="99")
    await browser.open("/item/water-jug-terracotta")
    yield await browser.send("/basket", quantity="3")
    yield await browser.send("/basket/p-water-jug-terracotta", button=("action", "change"), quantity="99")
    yield await browser.buy_until_review(BOWL)
    shop.products.change("water-jug-terracotta", stock=1)
    yield await browser.open("/basket")
    yield await browser.open("/checkout")
    shop.products.change("water-jug-terracotta", stock=9)
    await browser.open("/checkout")
    shop.products.change(BOWL, price_cents=1)
    yield await browser.send("/checkout")
    yield await browser.send("/checkout")
    yield await browser.open("/my-orders")
    await browser.open("/my-orders/order-1")
    yield await browser.send("/my-orders/order-1/cancel")
    with shop.without(shop.products):
        yield await browser.open("/")


async def test_every_page_is_accessible_and_has_nothing_inline(shop: Town, browser: Browser) -> None:
    titles = []
    async for page in _all_pages(shop, browser):
        where = f"{page.path} ({page.status})"
        _check_structure(page, where)
        _check_headings(page, where)
        _check_controls(page, where)
        _check_references(page, where)
        _check_nothing_inline(page, where)
        titles.append(page.title)
    assert len(titles) == 24
    assert all(title.endswith(" · A Tu Mano") and len(title) > 15 for title in titles)


def _check_structure(page: Page, where: str) -> None:
    assert page.one("html").attributes["lang"] == "en", where
    for landmark in ("header", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1, f"{where}: {landmark}"
    skip = page.all("a")[0]
    assert skip.attributes["href"] == f"#{page.one('main').attributes['id']}", where
    names = [each.attributes["aria-label"] for each in page.all("nav")]
    assert len(names) == len(set(names)), f"{where}: navigation regions share a name"
    assert all("alt" in each.attributes for each in page.all("img")), where


def _check_headings(page: Page, where: str) -> None:
    levels = [int(each.tag[1]) for each in page.elements if re.fullmatch(r"h[1-6]", each.tag)]
    assert levels[0] == 1, f"{where}: {levels}"
    assert all(after <= before + 1 for before, after in pairwise(levels)), f"{where}: {levels}"


def _check_controls(page: Page, where: str) -> None:
    labelled = {each.attributes["for"] for each in page.all("label") if each.text.strip()}
    for control in page.all("input"):
        if control.attributes.get("type") != "hidden":
            assert control.attributes["id"] in labelled, f"{where}: {control.attributes}"
    for element in (*page.all("button"), *page.all("a")):
        assert element.text.strip(), f"{where}: {element.attributes} has no name"
    for form in page.forms:
        assert form.method == "get" or form.fields["csrf"], f"{where}: {form.action}"


def _check_references(page: Page, where: str) -> None:
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids)), f"{where}: an id comes twice"
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set(element.attributes.get(name, "").split()) <= set(ids), f"{where}: {element.attributes}"
        if element.attributes.get("aria-invalid"):
            assert element.attributes["aria-describedby"], where
    for link in page.all("a"):
        target = link.attributes["href"]
        assert not target.startswith("#") or target[1:] in ids, f"{where}: {target} leads nowhere"


def _check_nothing_inline(page: Page, where: str) -> None:
    assert not page.all("script"), where
    assert not page.all("style"), where
    for element in page.elements:
        for name, value in element.attributes.items():
            assert name != "style", f"{where}: {element.tag}"
            assert not name.startswith("on"), f"{where}: {element.tag} {name}"
            if name in {"href", "src", "action"}:
                assert re.match(r"[/#](?!/)", value), f"{where}: {value} is not ours"


async def test_what_others_wrote_is_text_on_a_page(shop: Town, browser: Browser) -> None:
    shop.products.change(BOWL, name="<b>Bowl</b>", description="<script>alert(1)</script>", category='"><i>')
    for path in ("/", f"/item/{BOWL}"):
        page = await browser.open(path)
        assert "<b>Bowl" not in page.source
        assert "<script" not in page.source
        assert "<i>" not in page.source
        assert "<b>Bowl</b>" in page.text


async def test_too_many_attempts_are_told_with_the_time_to_wait(shop: Town, browser: Browser) -> None:
    async def refused(email: str, password: str) -> None:
        raise TooManyRequests(retry_after=7)

    shop.auth.login = refused  # type: ignore[method-assign,assignment]
    await browser.open("/login")
    page = await browser.send("/login", email=EMAIL, password="x")
    assert (page.status, page.headers["retry-after"]) == (429, "7")
    assert "One moment, please" in page.text
    assert "Please wait 7 seconds and try again." in page.text


def test_every_template_is_used() -> None:
    used = "".join((HERE / name).read_text() for name in ("routes.py", "shopper_routes.py", "pages.py"))
    pages = {each.name for each in (HERE / "templates").glob("[a-z]*.html")} - {"base.html"}
    assert {name for name in pages if f'"{name}"' not in used} == set()
