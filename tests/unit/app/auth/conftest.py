"""The auth application on a database of its own."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from app.auth.main import create_app
from app.auth.settings import Settings
from tests.conftest import DatabaseUri
from tests.support import PUBLIC_URL, started

MakeSettings = Callable[..., Settings]

STAFF = {"email": "staff@example.com", "password": "the staff password 1"}
ANA = {"email": "ana@example.com", "password": "ana has a long one"}
CLIENT = {
    "grant_type": "client_credentials",
    "client_id": "orders",
    "client_secret": "orders client secret",
    "audience": "products",
}


@pytest.fixture
def make_settings(database_uri: DatabaseUri) -> MakeSettings:
    """Settings for a test; any can be replaced."""
    uri = database_uri("auth")

    def make(**changes: Any) -> Settings:
        values: dict[str, Any] = {
            "stack": "local",
            "public_url": PUBLIC_URL,
            "mongodb_uri": uri,
            "token_clients": "orders",
            "orders_client_secret": CLIENT["client_secret"],
            "signing_key_encryption": "k" * 32,
            "staff_email": STAFF["email"],
            "staff_password": STAFF["password"],
            "login_per_minute_email": 1000,
            "login_per_minute_address": 1000,
            "register_per_minute_address": 1000,
        }
        return Settings(**(values | changes))

    return make


@pytest.fixture
async def auth(make_settings: MakeSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A started auth service."""
    async with started(create_app(make_settings())) as client:
        yield client
