"""The frontend put together; nothing else connects its parts."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from app.frontend import error_pages, routes, shopper_routes
from app.frontend.account import Account
from app.frontend.assets import Assets
from app.frontend.clients import Auth, HttpAuth, HttpOrders, HttpProducts, Orders, Products
from app.frontend.headers import PageHeaders
from app.frontend.pages import HERE, Pages
from app.frontend.repository import Sessions
from app.frontend.service import Shop
from app.frontend.settings import Settings
from app.frontend.visitor import CookieKind, Seal
from app.shared import application, mongo, tasks
from app.shared.health import Health
from app.shared.telemetry import http_client


@dataclass(frozen=True, slots=True)
class Services:
    """The services the shop calls."""

    auth: Auth
    products: Products
    orders: Orders


OpenServices = Callable[[Settings], AbstractAsyncContextManager[Services]]


@asynccontextmanager
async def over_http(settings: Settings) -> AsyncIterator[Services]:
    """The real services, by their addresses in the settings."""
    async with (
        http_client(settings.auth_url) as auth,
        http_client(settings.products_url) as products,
        http_client(settings.orders_url) as orders,
    ):
        yield Services(HttpAuth(auth, "auth"), HttpProducts(products, "products"), HttpOrders(orders, "orders"))


def create_app(settings: Settings, *, services: OpenServices = over_http) -> FastAPI:
    """The application; services other than those of the network may be given."""
    health = Health(settings.service, settings.service_version)
    seal = Seal(settings.csrf_key.get_secret_value())
    cookie = CookieKind(secure=settings.secure, days=settings.session_days)
    assets = Assets.load(HERE / "static")
    pages = Pages(assets, cookie, seal)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mongo.connected(settings, health) as database, services(settings) as known:
            sessions = app.state.sessions = Sessions(database, days=settings.session_days)
            account = app.state.account = Account(known.auth, sessions)
            app.state.shop = Shop(products=known.products, orders=known.orders, sessions=sessions, account=account)

            async def work() -> None:
                await tasks.until_success("indexes", sessions.prepare)
                health.started = True

            async with tasks.running(work()):
                yield

    app = application.build(
        settings,
        title="A Tu Mano: shop",
        routers=[routes.router, shopper_routes.router],
        lifespan=lifespan,
        health=health,
        crashed=error_pages.crashed(pages),
    )
    app.state.seal, app.state.cookie, app.state.assets, app.state.pages = seal, cookie, assets, pages
    error_pages.install(app, pages)
    app.add_middleware(PageHeaders)
    return app
