"""The products service put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from app.products.repository import ProductRepository, ReservationRepository
from app.products.reservations import Reservations
from app.products.routes import internal, router
from app.products.service import Catalogue
from app.products.settings import Settings
from app.shared import application, mongo, tasks
from app.shared.health import Health
from app.shared.pages import Cursors
from app.shared.tokens import KeySource, Verifier, jwks_of, keep_fresh


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, keys: KeySource | None = None) -> FastAPI:
    """The application; nothing is connected to before its lifespan starts. `keys` replaces asking auth for them."""
    health = Health(settings.service, settings.service_version)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mongo.connected(settings, health) as database:
            products, reservations = ProductRepository(database), ReservationRepository(database)
            catalogue = Catalogue(products, Cursors(settings.derived_key("cursor")))
            verifier = Verifier(
                issuer=settings.issuer, audience=settings.service, source=keys or jwks_of(settings.auth_url)
            )
            health.add(verifier.check)
            app.state.catalogue, app.state.verifier = catalogue, verifier
            app.state.reservations = Reservations(products, reservations, _now)

            async def prepare() -> None:
                await products.prepare()
                await reservations.prepare()
                if settings.seed_catalogue:
                    await catalogue.seed()
                health.started = True

            async with tasks.running(tasks.until_success("products.prepare", prepare), keep_fresh(verifier)):
                yield

    return application.build(
        settings, title="A Tu Mano: products", routers=[router, internal], lifespan=lifespan, health=health
    )
