"""The auth service put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from app.auth.keys import Keys
from app.auth.passwords import Passwords
from app.auth.repository import KeyRepository, SessionRepository, UserRepository
from app.auth.routes import Limits, router
from app.auth.service import USER_AUDIENCE, Accounts
from app.auth.settings import Settings
from app.shared import application, mongo, tasks
from app.shared.health import Health
from app.shared.tokens import Verifier


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is connected to before its lifespan starts."""
    health = Health(settings.service, settings.service_version)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mongo.connected(settings, health) as database:
            users, sessions = UserRepository(database), SessionRepository(database)
            keys = Keys(KeyRepository(database), settings, _now)
            accounts = Accounts(
                settings=settings, users=users, sessions=sessions, keys=keys, passwords=Passwords(), clock=_now
            )
            # A person's token names the frontend, a service's never does; so this service needs no audience of its own.
            verifier = Verifier(issuer=settings.issuer, audience=USER_AUDIENCE[0], source=keys.jwks)
            app.state.accounts, app.state.keys, app.state.verifier = accounts, keys, verifier
            app.state.limits = Limits(settings)

            async def prepare() -> None:
                await users.prepare()
                await sessions.prepare()
                await keys.refresh()
                await verifier.refresh()
                await accounts.seed_staff()
                health.started = True

            async def keep_keys() -> None:
                await keys.refresh()
                await verifier.refresh()

            async def work() -> None:
                await tasks.until_success("auth.prepare", prepare)
                await tasks.every(settings.key_refresh_seconds, "auth.keys", keep_keys)

            async with tasks.running(work()):
                yield

    return application.build(settings, title="A Tu Mano: auth", routers=[router], lifespan=lifespan, health=health)
