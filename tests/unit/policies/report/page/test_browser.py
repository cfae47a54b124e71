"""The page in a real browser: on a desk and on a phone, light and dark, with and without script, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from policies.capture import Capture
from policies.controls import catalogues
from policies.report import page as pages
from policies.report.page.marks import place
from tests.e2e.browser import running
from tests.unit.policies.report.conftest import Assess
from tests.unit.policies.report.page.pages import NODES, full

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
TOO_WIDE = """[...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.wide, .skip'))
    .map(one => one.outerHTML.slice(0, 120))"""
CONTRAST = """() => {
    const channel = (value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const bright = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const behind = (one) => {
        for (; one; one = one.parentElement) {
            const found = numbers(getComputedStyle(one).backgroundColor);
            if (found.length === 3 || found[3] > 0) return found;
        }
        return [255, 255, 255];
    };
    const weak = new Set();
    for (const one of document.querySelectorAll('body *:not(svg, svg *, script)')) {
        if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
        const two = [bright(numbers(getComputedStyle(one).color)), bright(behind(one))].sort((a, b) => b - a);
        const ratio = (two[0] + 0.05) / (two[1] + 0.05);
        if (ratio < 4.5) weak.add(`${one.className || one.tagName}: ${ratio.toFixed(2)}`);
    }
    return [...weak];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def file(prod: Capture, dev: Capture, assess: Assess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page") / "index.html"
    made.write_text(pages.render(full(prod, dev, assess)), encoding="utf-8")
    return made


class Opened:
    """The page in a window; what it says on the console and asks for is kept."""

    def __init__(self, browser: Browser, file: Path, **how: object) -> None:
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page: Page = browser.new_page(**{"viewport": DESK, **how})  # type: ignore[arg-type]
        self.page.on("console", lambda said: self.wrong.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda asked: self.asked.append(asked.url))
        self.page.goto(file.as_uri())


def test_it_complains_of_nothing_and_asks_nobody(browser: Browser, file: Path) -> None:
    opened = Opened(browser, file)
    opened.page.evaluate(OPEN_ALL)
    opened.page.wait_for_load_state("networkidle")
    assert opened.wrong == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [file.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(browser: Browser, file: Path, scheme: str) -> None:
    page = Opened(browser, file, color_scheme=scheme).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate(CONTRAST) == []
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (colour == "rgb(29, 27, 25)") is (scheme == "dark")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_sticks_out(browser: Browser, file: Path, size: ViewportSize) -> None:
    page = Opened(browser, file, viewport=size).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert page.evaluate(TOO_WIDE) == []


def test_every_control_is_to_be_seen_with_its_word(browser: Browser, file: Path) -> None:
    page = Opened(browser, file).page
    for catalogue in catalogues():
        for control in catalogue.controls:
            row = page.locator(f'[id="control-{place(control.id)}"]')
            assert row.is_visible(), control.id
            assert len(row.locator("> .mark").inner_text()) > 3


def test_it_has_landmarks_and_works_by_keyboard(browser: Browser, file: Path) -> None:
    page = Opened(browser, file).page
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    assert page.evaluate("[...document.querySelectorAll('section')].every(one => one.getAttribute('aria-labelledby'))")
    assert page.locator(".wide:not([tabindex='0'])").count() == 0


def test_the_filter_shows_what_is_asked_for(browser: Browser, file: Path) -> None:
    page = Opened(browser, file).page
    rows = page.locator(".row[data-status]:not(.away)")
    everything = rows.count()
    for status in ("compliant", "not-applicable", "not-evaluated", "manual", "provider", "waived"):
        page.locator(f"#filter input[value={status}]").uncheck()
    assert 0 < rows.count() < everything
    assert set(rows.evaluate_all("all => all.map(one => one.dataset.status)")) == {"violated"}
    assert page.get_by_role("status").inner_text() == f"{rows.count()} of {everything} entries shown"
    page.get_by_role("searchbox").fill(NODES)
    assert rows.count() >= 2
    assert all(NODES in text for text in rows.all_inner_texts())
    page.get_by_role("searchbox").fill("nothing has this name")
    assert rows.count() == 0
    page.get_by_role("searchbox").fill("")
    for box in page.locator("#filter input[type=checkbox]").all():
        box.check()
    assert rows.count() == everything
    assert page.get_by_role("status").inner_text() == ""


def test_a_link_opens_what_it_leads_to(browser: Browser, file: Path) -> None:
    page = Opened(browser, file).page
    check = page.locator(f"#check-{NODES}")
    page.locator("#checks details").evaluate_all("all => all.forEach(one => one.open = false)")
    assert not check.is_visible()
    page.locator(f'#fails a[href="#check-{NODES}"]').first.click()
    check.wait_for(state="visible")
    page.locator("#picture-stack a", has_text="delivery").first.click()
    page.get_by_role("img", name="Delivery of prod").wait_for(state="visible")


def test_it_is_all_there_without_script(browser: Browser, file: Path) -> None:
    opened = Opened(browser, file, java_script_enabled=False)
    page = opened.page
    assert not page.locator("#filter").is_visible()
    assert page.locator("h1").inner_text().endswith("prod fails")
    page.locator("#resources summary").first.click()
    assert page.locator("#resources .row").first.is_visible()
    assert opened.wrong == []


def test_on_paper_everything_is_open_and_nothing_is_cut(browser: Browser, file: Path, tmp_path: Path) -> None:
    page = Opened(browser, file).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    heights = page.locator(".row").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) > 0
    assert not page.locator("#filter").is_visible()
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(
        "[...document.querySelectorAll('.wide svg')].every(one => one.getBoundingClientRect().width <= 680)"
    )
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 10
