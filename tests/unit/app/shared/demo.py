"""A small service made of app/shared alone, for the tests of app/shared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from pymongo.errors import NetworkTimeout, OperationFailure

from app.shared import application
from app.shared.context import current
from app.shared.errors import Conflict, NotFound, errors
from app.shared.health import Health
from app.shared.settings import ServiceSettings
from app.shared.tokens import Caller, Service, Staff, User, Verifier
from tests.support import ISSUER, PUBLIC_URL, TokenMaker


class DemoSettings(ServiceSettings):
    service: ClassVar[str] = "demo"


class Body(BaseModel):
    password: int


def settings(**changes: Any) -> DemoSettings:
    values = {"stack": "local", "public_url": PUBLIC_URL, "mongodb_uri": "mongodb://localhost/demo"}
    return DemoSettings(**(values | changes))


router = APIRouter(prefix="/demo")


@router.get("/items/{name}", responses=errors(NotFound))
async def item(name: str) -> dict[str, str]:
    """An item, or one of the ways to fail."""
    match name:
        case "missing":
            msg = "There is no such item."
            raise NotFound(msg)
        case "taken":
            raise Conflict(extensions={"holder": "ana", "status": 200})
        case "bug":
            msg = "the secret is 1234"
            raise RuntimeError(msg)
        case "slow-database":
            msg = "timed out"
            raise NetworkTimeout(msg)
        case "broken-database":
            msg = "no such command"
            raise OperationFailure(msg)
        case _:
            return {"name": name, "trace_id": current().trace_id, "traceparent": current().traceparent}


@router.post("/items")
async def add(body: Body) -> Body:
    """Says back what it got."""
    return body


@router.get("/user")
async def for_users(who: User) -> Caller:
    """For people."""
    return who


@router.get("/staff")
async def for_staff(who: Staff) -> Caller:
    """For staff."""
    return who


@router.get("/service")
async def for_services(who: Service) -> Caller:
    """For services."""
    return who


def create_app(known: DemoSettings, tokens: TokenMaker | None = None) -> FastAPI:
    health = Health(known.service, known.service_version)
    health.started = True

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    app = application.build(known, title="demo", routers=[router], lifespan=lifespan, health=health)
    app.state.verifier = Verifier(issuer=ISSUER, audience="orders", source=(tokens or TokenMaker()).keys)
    return app
