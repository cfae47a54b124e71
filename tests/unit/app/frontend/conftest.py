"""A shop of its own for every test."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.unit.app.frontend.browser import Browser
from tests.unit.app.frontend.fakes import Town, town


@pytest.fixture
async def shop(database_uri: Callable[[str], str]) -> AsyncIterator[Town]:
    """The shop, its services and its database."""
    async with town(database_uri("frontend")) as made:
        yield made


@pytest.fixture
async def browser(shop: Town) -> AsyncIterator[Browser]:
    """A browser in front of the shop."""
    async with shop.browser() as made:
        yield made
