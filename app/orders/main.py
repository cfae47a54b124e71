"""The orders service put together; nothing else connects its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from fastapi import FastAPI

from app.orders import routes
from app.orders.products import HttpProducts
from app.orders.recovery import Recovery
from app.orders.repository import OrderRepository
from app.orders.service import Limits, OrderService
from app.orders.settings import Settings
from app.shared import application, mongo, tasks
from app.shared.health import Health
from app.shared.limits import RateLimiter
from app.shared.pages import Cursors
from app.shared.service_tokens import ServiceAuth
from app.shared.telemetry import http_client
from app.shared.tokens import KeySource, Verifier, jwks_of, keep_fresh


def create_app(
    settings: Settings,
    *,
    keys: KeySource | None = None,
    auth: httpx.AsyncBaseTransport | None = None,
    products: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The application; a key source and transports to auth and products other than the network's may be given."""
    health = Health(settings.service, settings.service_version)
    verifier = Verifier(issuer=settings.issuer, audience=settings.service, source=keys or jwks_of(settings.auth_url))
    health.add(verifier.check)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            mongo.connected(settings, health) as database,
            _client(settings, settings.auth_url, auth) as to_auth,
            _client(settings, settings.products_url, products) as to_products,
        ):
            to_products.auth = ServiceAuth(
                to_auth, client_id="orders", client_secret=settings.orders_client_secret, audience="products"
            )
            repository = OrderRepository(database)
            orders = app.state.orders = OrderService(repository, HttpProducts(to_products), limits=_limits(settings))
            recovery = Recovery(orders, batch=settings.recovery_batch)

            async def work() -> None:
                await tasks.until_success("indexes", repository.prepare)
                health.started = True
                await tasks.every(settings.recovery_seconds, "recovery", recovery.sweep)

            async with tasks.running(work(), keep_fresh(verifier)):
                yield
                await recovery.stop(settings.stop_seconds)

    app = application.build(
        settings, title="A Tu Mano: orders", routers=[routes.router], lifespan=lifespan, health=health
    )
    app.state.verifier = verifier
    app.state.cursors = Cursors(settings.derived_key("cursors"))
    app.state.writes = RateLimiter(per_minute=settings.writes_per_minute, burst=settings.writes_burst)
    return app


def _client(settings: Settings, url: str, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    timeout = httpx.Timeout(settings.products_call_seconds, connect=min(1.0, settings.products_call_seconds))
    return http_client(url, timeout=timeout, **({"transport": transport} if transport else {}))


def _limits(settings: Settings) -> Limits:
    return Limits(
        products=settings.products_seconds,
        request=settings.request_seconds,
        lease=timedelta(seconds=settings.lease_seconds),
        window=timedelta(seconds=settings.window_seconds),
    )
