"""The frontend's settings."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.frontend.settings import Settings

GOOD: dict[str, Any] = {
    "stack": "dev",
    "public_url": "https://shop.example",
    "mongodb_uri": "mongodb://frontend:a-long-generated-value@db/frontend",
    "csrf_key": "a-long-generated-value",
    "auth_url": "http://auth",
    "products_url": "http://products",
    "orders_url": "http://orders",
}


def test_good_settings_are_read() -> None:
    settings = Settings(**GOOD)
    assert (settings.service, settings.secure, settings.session_days) == ("frontend", True, 14)


@pytest.mark.parametrize("key", ["changeme-changeme", "short", "placeholder-value-123"])
def test_a_placeholder_key_is_refused_outside_the_local_stack(key: str) -> None:
    with pytest.raises(ValidationError, match="csrf_key"):
        Settings(**GOOD | {"csrf_key": key})


@pytest.mark.parametrize("name", ["auth_url", "products_url", "orders_url", "csrf_key", "mongodb_uri", "public_url"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{other: value for other, value in GOOD.items() if other != name})
