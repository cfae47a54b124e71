"""The demo service, started."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support import TokenMaker, started
from tests.unit.app.shared.demo import create_app, settings


@pytest.fixture
async def demo(tokens: TokenMaker) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the demo service."""
    async with started(create_app(settings(), tokens)) as client:
        yield client
