"""The one MongoDB client of a service: its options, its life, and what its failures look like from outside."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import AutoReconnect, ExecutionTimeout, PyMongoError, WTimeoutError
from starlette.responses import Response

from app.shared.errors import Unavailable, problem, problem_of
from app.shared.health import Health
from app.shared.settings import ServiceSettings

log = logging.getLogger(__name__)

Document = dict[str, Any]
Database = AsyncDatabase[Document]


class Topology:
    """Whether the driver sees a server that takes writes, as a readiness check.

    One election must not take every pod out of service at once, so the check fails only after `grace` seconds without
    one, counted from the last time it passed. It asks the driver's own picture, not the network.
    """

    def __init__(self, grace: float, writable: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._grace = grace
        self._writable = writable
        self._clock = clock
        self._seen_at: float | None = None

    def check(self) -> str | None:
        """A `Health` check."""
        now = self._clock()
        if self._writable():
            self._seen_at = now
            return None
        if self._seen_at is not None and now - self._seen_at < self._grace:
            return None
        return "database: no writable MongoDB server is known to the driver"


@asynccontextmanager
async def connected(settings: ServiceSettings, health: Health) -> AsyncIterator[Database]:
    """The service's own database; the client connects lazily and closes at the end of the context.

    The database's name is the URI's, which is the service's.
    """
    uri = settings.mongodb_uri.get_secret_value()
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        uri,
        appname=f"a-tu-mano-{settings.service}",
        timeoutMS=settings.database_timeout_ms,
        maxPoolSize=20,
        retryWrites=True,
        retryReads=True,
        tz_aware=True,
    )

    def writable() -> bool:
        # The description is a new object after every change, so it is looked up each time.
        return client.topology_description.has_writable_server()

    topology = Topology(settings.database_grace_seconds, writable)
    health.add(topology.check)
    async with client:
        yield client[urlsplit(uri).path.strip("/") or settings.service]


async def _database_error(request: Request, error: Exception) -> Response:
    log.error("database operation failed", exc_info=error)
    # `timeout` is the driver's own word for every kind of "not in time"; the others mean "no primary just now".
    if isinstance(error, AutoReconnect | ExecutionTimeout | WTimeoutError) or getattr(error, "timeout", False):
        return problem_of(Unavailable("The database does not answer in time. Try again."), request.url.path)
    return problem(500, path=request.url.path, slug="internal-error", title="Internal error")


def install(app: FastAPI) -> None:
    """Answer 503 when the database cannot be reached in time, 500 for its other errors."""
    app.add_exception_handler(PyMongoError, _database_error)
