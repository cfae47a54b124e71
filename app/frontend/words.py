"""How amounts, dates and addresses are written on the pages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

_SIGNS = {"EUR": "€"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_OUR_PAGES = ("/basket", "/checkout", "/my-orders", "/item/")


def money(cents: int | None, currency: str = "EUR") -> str:
    """`€1,240.00`; in words for an amount not known yet."""
    if cents is None:
        return "not known yet"
    amount = f"{cents // 100:,}.{cents % 100:02d}"
    return f"{_SIGNS[currency]}{amount}" if currency in _SIGNS else f"{amount} {currency}"


def day(moment: datetime) -> str:
    """`24 November 2026`, in UTC."""
    at = moment.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def day_and_time(moment: datetime) -> str:
    """`24 November 2026, 23:41 UTC`."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def label(slug: str) -> str:
    """`home-textiles` as `Home textiles`."""
    return slug.replace("-", " ").capitalize()


def with_query(path: str, values: Mapping[str, str | None]) -> str:
    """A path with those of the values that are not empty."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


def safe_next(wanted: str) -> str:
    """`wanted` when it is a page of the shop a login may lead to, else `/`: never another site."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
    parts = urlsplit(wanted) if plain and wanted.startswith("/") else None
    if parts is None or parts.scheme or parts.netloc or ".." in parts.path or "//" in parts.path:
        return "/"
    return wanted if parts.path == "/" or parts.path.startswith(_OUR_PAGES) else "/"
