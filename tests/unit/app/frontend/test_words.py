"""Amounts, dates and addresses as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.frontend.words import day, day_and_time, label, money, safe_next, with_query


@pytest.mark.parametrize(
    ("cents", "currency", "written"),
    [
        (2400, "EUR", "€24.00"),
        (5, "EUR", "€0.05"),
        (0, "EUR", "€0.00"),
        (123456789, "EUR", "€1,234,567.89"),
        (2400, "SEK", "24.00 SEK"),
        (None, "EUR", "not known yet"),
    ],
)
def test_money_is_written_with_its_sign(cents: int | None, currency: str, written: str) -> None:
    assert money(cents, currency) == written


def test_dates_are_written_out_in_utc() -> None:
    moment = datetime(2026, 11, 25, 0, 41, tzinfo=timezone(timedelta(hours=1)))
    assert day(moment) == "24 November 2026"
    assert day_and_time(moment) == "24 November 2026, 23:41 UTC"
    assert day(datetime(2027, 1, 1, tzinfo=UTC)) == "1 January 2027"


def test_a_category_is_written_as_words() -> None:
    assert label("home-textiles") == "Home textiles"


def test_an_address_has_only_the_values_there_are() -> None:
    assert with_query("/", {"q": "", "category": None}) == "/"
    assert with_query("/", {"q": "a&b", "category": "x"}) == "/?q=a%26b&category=x"


@pytest.mark.parametrize("ours", ["/", "/basket", "/checkout", "/my-orders", "/my-orders/o1", "/item/bowl", "/?q=bowl"])
def test_a_page_of_ours_may_follow_a_login(ours: str) -> None:
    assert safe_next(ours) == ours


@pytest.mark.parametrize(
    "other",
    [
        "",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/basket\r\nSet-Cookie: x=1",
        "/basket\x00",
        "/item/../auth/logout",
        "/item//evil.example",
        "/auth/logout",
        "/login",
        "basket",
        "/bäsket",
        "http:/basket",
    ],
)
def test_anything_else_leads_to_the_front(other: str) -> None:
    assert safe_next(other) == "/"
