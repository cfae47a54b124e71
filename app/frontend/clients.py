"""The three services as the shop sees them: protocols, and the same over HTTP.

Their failures become the errors of errors.py. Only what may be repeated is repeated, once: a pod that is being replaced
may close a connection just as it is used.
"""

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from app.frontend.errors import (
    NoSuchOrder,
    NoSuchProduct,
    NotCancellable,
    OrderRejected,
    OrderUnknown,
    OutOfStock,
    Refused,
    ServiceDown,
    StillPlacing,
)
from app.frontend.schemas import Order, OrderPage, Product, ProductPage, Tokens, Wanted
from app.shared.errors import TooManyRequests, Unauthorized

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.1
PLACING_SECONDS = 13.0
"""Longer than the orders service tries (12 s), shorter than the edge waits (15 s)."""
TRANSIENT = frozenset({502, 503, 504})

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class Auth(Protocol):
    """The auth service; every method may raise ServiceDown or TooManyRequests."""

    async def register(self, email: str, password: str) -> None:
        """Make an account. Raises Refused."""

    async def login(self, email: str, password: str) -> Tokens:
        """Tokens for an account. Raises Refused."""

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens; the given one is used up. Raises Unauthorized when it was not valid any more."""

    async def logout(self, refresh_token: str) -> None:
        """End the login everywhere its tokens went."""


class Products(Protocol):
    """The products service; every method may raise ServiceDown or TooManyRequests."""

    async def page(self, *, query: str, category: str, cursor: str) -> ProductPage:
        """One page of the catalogue. Raises NoSuchProduct when the cursor is not of this list."""

    async def get(self, product: str) -> Product:
        """One product by id or slug. Raises NoSuchProduct."""


class Orders(Protocol):
    """The orders service, for a token's holder; every method may raise Unauthorized, ServiceDown, TooManyRequests."""

    async def place(self, token: str, key: str, lines: Collection[Wanted]) -> Order:
        """Place an order. Raises OutOfStock, OrderRejected, StillPlacing, OrderUnknown."""

    async def page(self, token: str, cursor: str) -> OrderPage:
        """The holder's orders. Raises NoSuchOrder when the cursor is not of this list."""

    async def get(self, token: str, order_id: str) -> Order:
        """One of the holder's orders. Raises NoSuchOrder."""

    async def cancel(self, token: str, order_id: str) -> Order:
        """Cancel an order. Raises NoSuchOrder, NotCancellable."""


class Unanswered(ServiceDown):
    """The call was sent and no usable answer came; it may have been carried out."""


class _Service:
    def __init__(self, http: httpx.AsyncClient, name: str) -> None:
        self._http = http
        self._name = name

    async def _call(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        repeatable: bool = False,
        refusals: Collection[int] = (),
        **options: Any,
    ) -> httpx.Response:
        """The answer, when it is a success or its status is among `refusals`; every other one becomes an error."""
        headers = {**options.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        answer: httpx.Response | None = None
        for last in (False, True) if repeatable else (True,):
            try:
                answer = await self._http.request(method, path, headers=headers, **options)
            except httpx.HTTPError as error:
                log.warning("%s did not answer: %s", self._name, type(error).__name__)
                if last or isinstance(error, httpx.ReadTimeout):
                    raise Unanswered(self._name) from error
            if last or (answer is not None and answer.status_code not in TRANSIENT):
                break
            await asyncio.sleep(PAUSE_SECONDS)
        assert answer is not None  # noqa: S101 - the last round answers or raises
        if answer.is_success or answer.status_code in refusals:
            return answer
        raise self._error(answer)

    def _error(self, answer: httpx.Response) -> Exception:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return Unauthorized()
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = answer.headers.get("retry-after", "")
            return TooManyRequests("That was a lot at once.", retry_after=float(wait) if wait.isdigit() else 5.0)
        log.warning("%s answered %d", self._name, answer.status_code, extra={"problem": _problem(answer)})
        return Unanswered(self._name)

    def _read(self, kind: type[AnswerT], answer: httpx.Response) -> AnswerT:
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as error:
            log.exception("%s gave an answer of another shape", self._name)
            raise Unanswered(self._name) from error


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """The members of a problem body; empty when the body is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _slug(answer: httpx.Response) -> str:
    return str(_problem(answer).get("type", "")).rsplit("/", 1)[-1]


class HttpAuth(_Service):
    """The auth service over HTTP."""

    async def register(self, email: str, password: str) -> None:
        """Make an account. Raises Refused."""
        body = {"email": email, "password": password}
        answer = await self._call("POST", "/auth/register", json=body, refusals=(400, 409, 422))
        if answer.status_code == httpx.codes.CONFLICT:
            raise Refused({"email": "This email is registered already. Log in, or use another one."}, status=409)
        if not answer.is_success:
            raise Refused(_mistakes(answer))

    async def login(self, email: str, password: str) -> Tokens:
        """Tokens for an account. Raises Refused."""
        body = {"email": email, "password": password}
        answer = await self._call("POST", "/auth/login", json=body, refusals=(400, 401, 422))
        if not answer.is_success:
            raise Refused({"email": "Email and password do not belong together. Check both."}, status=401)
        return self._read(Tokens, answer)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens; the given one is used up. Raises Unauthorized."""
        body = {"refresh_token": refresh_token}
        answer = await self._call("POST", "/auth/refresh", json=body, refusals=(400, 403, 422))
        if not answer.is_success:
            raise Unauthorized
        return self._read(Tokens, answer)

    async def logout(self, refresh_token: str) -> None:
        """End the login everywhere its tokens went."""
        body = {"refresh_token": refresh_token}
        await self._call("POST", "/auth/logout", json=body, repeatable=True, refusals=(400, 401, 422))


def _mistakes(answer: httpx.Response) -> dict[str, str]:
    """Which of our fields the auth service found wrong: its own sentence for the password, whose rule is its own."""
    problem = _problem(answer)
    found: dict[str, str] = {}
    for each in problem.get("errors", []):
        field = str(each.get("at", "")).rsplit(".", 1)[-1]
        if field in {"email", "password"}:
            found[field] = f"This {field} is not accepted: {each.get('message', 'choose another one')}."
    return found or {"password": str(problem.get("detail") or "Choose another email or password.")}


class HttpProducts(_Service):
    """The products service over HTTP."""

    async def page(self, *, query: str, category: str, cursor: str) -> ProductPage:
        """One page of the catalogue. Raises NoSuchProduct when the cursor is not of this list."""
        wanted = {"q": query, "category": category, "cursor": cursor}
        params = {name: value for name, value in wanted.items() if value}
        answer = await self._call("GET", "/products", params=params, repeatable=True, refusals=(400, 422))
        if not answer.is_success:
            raise NoSuchProduct
        return self._read(ProductPage, answer)

    async def get(self, product: str) -> Product:
        """One product by id or slug. Raises NoSuchProduct."""
        path = f"/products/{quote(product, safe='')}"
        answer = await self._call("GET", path, repeatable=True, refusals=(404, 410, 422))
        if not answer.is_success:
            raise NoSuchProduct
        return self._read(Product, answer)


class HttpOrders(_Service):
    """The orders service over HTTP."""

    async def place(self, token: str, key: str, lines: Collection[Wanted]) -> Order:
        """Place an order. Raises OutOfStock, OrderRejected, StillPlacing, OrderUnknown."""
        body = {"lines": [{"product_id": line.product_id, "quantity": line.quantity} for line in lines]}
        try:
            answer = await self._call(
                "POST", "/orders", token=token, repeatable=True, refusals=(409, 422), json=body,
                headers={"Idempotency-Key": key}, timeout=httpx.Timeout(PLACING_SECONDS, connect=1.0),
            )  # fmt: skip
        except Unanswered as error:
            raise OrderUnknown from error
        if answer.is_success:
            return self._read(Order, answer)
        product_id = _problem(answer).get("product_id")
        if _slug(answer) in {"out-of-stock", "product-unavailable"} and isinstance(product_id, str):
            raise OutOfStock(product_id)
        if _slug(answer) == "in-progress":
            raise StillPlacing
        raise OrderRejected

    async def page(self, token: str, cursor: str) -> OrderPage:
        """The holder's orders, newest first. Raises NoSuchOrder when the cursor is not of this list."""
        params = {"cursor": cursor} if cursor else {}
        answer = await self._call("GET", "/orders", token=token, params=params, repeatable=True, refusals=(400, 422))
        if not answer.is_success:
            raise NoSuchOrder
        return self._read(OrderPage, answer)

    async def get(self, token: str, order_id: str) -> Order:
        """One of the holder's orders. Raises NoSuchOrder."""
        path = f"/orders/{quote(order_id, safe='')}"
        answer = await self._call("GET", path, token=token, repeatable=True, refusals=(404, 422))
        if not answer.is_success:
            raise NoSuchOrder
        return self._read(Order, answer)

    async def cancel(self, token: str, order_id: str) -> Order:
        """Cancel an order; cancelling twice is as good as once. Raises NoSuchOrder, NotCancellable."""
        path = f"/orders/{quote(order_id, safe='')}/cancel"
        answer = await self._call("POST", path, token=token, repeatable=True, refusals=(404, 409, 422))
        if answer.status_code == httpx.codes.CONFLICT:
            raise NotCancellable
        if not answer.is_success:
            raise NoSuchOrder
        return self._read(Order, answer)
