"""The auth API: HTTP only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, status

from app.auth.errors import EmailTaken, InvalidClient, InvalidGrant, InvalidRefreshToken, WrongCredentials
from app.auth.keys import Keys
from app.auth.schemas import (
    ClientCredentials,
    Credentials,
    Jwks,
    RefreshToken,
    Registered,
    Registration,
    ServiceTokenOut,
    TokensOut,
    UserOut,
)
from app.auth.service import Accounts
from app.auth.settings import Settings
from app.shared.errors import Forbidden, TooManyRequests, Unauthorized, errors
from app.shared.limits import RateLimiter, client_address
from app.shared.tokens import User

router = APIRouter(prefix="/auth", tags=["auth"])


class Limits:
    """How often one address or e-mail may try; guards passwords against guessing and the pod against hashing."""

    def __init__(self, settings: Settings) -> None:
        self._hops = settings.forwarded_hops
        self._register = _limiter(settings.register_per_minute_address)
        self._address = _limiter(settings.login_per_minute_address)
        self._email = _limiter(settings.login_per_minute_email)

    def register(self, request: Request) -> None:
        """Raises `TooManyRequests`."""
        self._register.check(client_address(request, self._hops))

    def login(self, request: Request, name: str) -> None:
        """Raises `TooManyRequests`; `name` is the e-mail or client that somebody claims to be."""
        self._address.check(client_address(request, self._hops))
        self._email.check(name)


def _limiter(per_minute: int) -> RateLimiter:
    return RateLimiter(per_minute=per_minute, burst=per_minute)


async def _accounts(request: Request) -> Accounts:
    found: Accounts = request.app.state.accounts
    return found


async def _keys(request: Request) -> Keys:
    found: Keys = request.app.state.keys
    return found


async def _limits(request: Request) -> Limits:
    found: Limits = request.app.state.limits
    return found


async def _uncached(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


AccountsDep = Annotated[Accounts, Depends(_accounts)]
LimitsDep = Annotated[Limits, Depends(_limits)]
UNCACHED = [Depends(_uncached)]


@router.post(
    "/register",
    status_code=status.HTTP_201_CREATED,
    responses=errors(EmailTaken, TooManyRequests),
    dependencies=UNCACHED,
)
async def register(body: Registration, request: Request, accounts: AccountsDep, limits: LimitsDep) -> Registered:
    """Make a customer's account."""
    limits.register(request)
    return Registered(user=await accounts.register(body.email, body.password.get_secret_value()))


@router.post("/login", responses=errors(WrongCredentials, TooManyRequests), dependencies=UNCACHED)
async def login(body: Credentials, request: Request, accounts: AccountsDep, limits: LimitsDep) -> TokensOut:
    """Sign in."""
    limits.login(request, body.email)
    return await accounts.login(body.email, body.password.get_secret_value())


@router.post("/refresh", responses=errors(InvalidRefreshToken), dependencies=UNCACHED)
async def refresh(body: RefreshToken, accounts: AccountsDep) -> TokensOut:
    """Exchange a refresh token for new tokens; each works once, and a second use signs the device out."""
    return await accounts.refresh(body.refresh_token)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(body: RefreshToken, accounts: AccountsDep) -> None:
    """Sign this device out; also fine when it is already."""
    await accounts.logout(body.refresh_token)


@router.get("/me", responses=errors(Unauthorized, Forbidden), dependencies=UNCACHED)
async def me(user: User) -> UserOut:
    """Whose token this is."""
    return UserOut(id=user.id, email=user.email or "", role="staff" if user.role == "staff" else "customer")


@router.post("/token", responses=errors(InvalidClient, InvalidGrant, TooManyRequests), dependencies=UNCACHED)
async def token(
    form: Annotated[ClientCredentials, Form()], request: Request, accounts: AccountsDep, limits: LimitsDep
) -> ServiceTokenOut:
    """A token for one of the shop's services to call another (OAuth 2 client credentials)."""
    limits.login(request, f"client:{form.client_id}")
    return accounts.service_token(form)


@router.get("/jwks.json")
async def jwks(request: Request, response: Response, keys: Annotated[Keys, Depends(_keys)]) -> Jwks:
    """The public keys that access tokens are verified with."""
    settings: Settings = request.app.state.settings
    response.headers["Cache-Control"] = f"public, max-age={settings.jwks_max_age_seconds}"
    return Jwks.model_validate(await keys.jwks())
