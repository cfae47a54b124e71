"""Every answer carries the headers that keep pages from being framed, sniffed, scripted or kept."""

import pytest

from tests.unit.app.frontend.browser import Browser
from tests.unit.app.frontend.fakes import Town

pytestmark = pytest.mark.anyio

GETS = [
    "/",
    "/item/breakfast-bowl-oat",
    "/item/none",
    "/basket",
    "/login",
    "/register",
    "/checkout",
    "/my-orders",
    "/my-orders/order-1",
    "/robots.txt",
    "/nowhere",
    "/static/none",
]
PERSONAL = ["/", "/item/breakfast-bowl-oat", "/basket", "/checkout", "/my-orders", "/my-orders/order-1", "/nowhere"]


@pytest.mark.parametrize("path", [*GETS, "/static/shop.css", "/static/favicon.svg"])
async def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    headers = (await browser.http.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in headers, "the shop of this test is on http"


async def test_refused_forms_and_methods_carry_them_too(browser: Browser) -> None:
    for answer in (await browser.post("/login", {}), await browser.http.put("/basket")):
        assert answer.status_code in {403, 405}
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PERSONAL)
async def test_nothing_of_a_shopper_is_kept_by_a_cache(browser: Browser, path: str) -> None:
    await browser.register()
    answer = await browser.http.get(path)
    assert answer.headers["cache-control"] == "no-store"


async def test_an_anonymous_look_at_the_catalogue_sets_no_cookie(browser: Browser) -> None:
    answer = await browser.http.get("/")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in answer.headers


async def test_a_bug_is_told_as_a_page_without_its_cause(
    shop: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(**_: str) -> None:
        msg = "secret cause"
        raise RuntimeError(msg)

    monkeypatch.setattr(shop.products, "page", broken)
    page = await browser.open("/")
    assert page.status == 500
    assert "Something broke on our side" in page.text
    assert "secret cause" not in page.source
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
