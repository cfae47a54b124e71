"""`make smoke STACK=…`: does the shop answer where the stack says it is; with JOURNEY=yes, can a customer buy.

The journey registers a customer, orders what is in stock, looks at the order and cancels it. What it leaves is that
customer and a cancelled order, so on production it is asked for by name only.
"""

import os
import secrets
import ssl
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx

from infra.errors import ATuManoError
from local import cloud
from local.stack import endpoints as local_endpoints
from local.workspace import StackError

ANSWERS: Final = {
    "frontend": ("", 200),
    "auth": ("/jwks.json", 200),
    "products": ("?limit=1", 200),
    "orders": ("", 401),
}
"""What is asked of each service of the shop, and the status it has to answer without a login."""
PATIENCE_SECONDS: Final = 60


class SmokeError(Exception):
    """The shop did not answer as it should; the message is a sentence for the user."""


class Reach(httpx.BaseTransport):
    """Goes to this machine in place of the host that a URL names; name and certificate are still that host's."""

    def __init__(self, ports: Mapping[str, int], authority: Path | None) -> None:
        """Take the port for each scheme, and the file of the authority that signed the certificate."""
        trust = ssl.create_default_context(cafile=str(authority) if authority else None)
        self._ports, self._transport = ports, httpx.HTTPTransport(verify=trust)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it there."""
        name = request.url.host
        url = request.url.copy_with(host="127.0.0.1", port=self._ports[request.url.scheme])
        headers = [(key, value) for key, value in request.headers.raw if key.lower() != b"host"]
        return self._transport.handle_request(
            httpx.Request(
                request.method,
                url,
                headers=[(b"Host", name.encode()), *headers],
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": name},
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Asks the shop; at addresses of this machine if `transport` is a Reach."""
    return httpx.Client(timeout=20, transport=transport)


def answers(endpoints: Mapping[str, str], http: httpx.Client) -> list[str]:
    """Ask every endpoint; returns a line about each.

    Raises:
        SmokeError: One does not answer as it should within a minute.
    """
    return [_answer(name, url, http) for name, url in sorted(endpoints.items())]


def _answer(name: str, url: str, http: httpx.Client) -> str:
    path, wanted = ANSWERS.get(name, ("", 200))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            found: object = http.get(url + path).status_code
        except httpx.TransportError as error:
            found = f"{type(error).__name__}: {error}"
        if found == wanted:
            return f"{name}: {url}{path} answers {found}"
        if time.monotonic() > deadline:
            msg = f"{name}: {url}{path} answers {found}, {wanted} is required. See `make logs SERVICE={name}`."
            raise SmokeError(msg)
        time.sleep(1)


def journey(url: str, http: httpx.Client) -> str:
    """Buy something at the shop at `url` and cancel it; returns a line about it.

    Raises:
        SmokeError: A step was not answered as it should be.
    """
    base = url.rstrip("/")
    person = {"email": f"smoke-{uuid4().hex}@example.com", "password": secrets.token_urlsafe(16)}
    _post(http, f"{base}/auth/register", 201, json=person)
    token = _post(http, f"{base}/auth/login", 200, json=person).json()["access_token"]
    mine = {"Authorization": f"Bearer {token}"}
    products = _expect(http.get(f"{base}/products", params={"limit": 50}), 200).json()["items"]
    on_sale = [product for product in products if product["stock"] > 0]
    if not on_sale:
        msg = f"{base}/products has nothing in stock, one product is required. Put one on sale."
        raise SmokeError(msg)
    body = {"lines": [{"product_id": on_sale[0]["id"], "quantity": 1}]}
    placed = _post(http, f"{base}/orders", 201, json=body, headers={**mine, "Idempotency-Key": uuid4().hex})
    order = placed.json()
    seen = _expect(http.get(base + placed.headers["Location"], headers=mine), 200).json()
    _post(http, f"{base}/orders/{order['id']}/cancel", 200, headers=mine)
    return f"ordered {on_sale[0]['name']} for {seen['total_cents'] / 100:.2f} {seen['currency']} and cancelled it"


def _post(
    http: httpx.Client, url: str, wanted: int, *, json: object = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := http.post(url, json=json, headers=headers)).status_code == httpx.codes.TOO_MANY_REQUESTS:
        if time.monotonic() > deadline:
            break
        time.sleep(float(answer.headers.get("Retry-After", 1)))
    return _expect(answer, wanted)


def _expect(answer: httpx.Response, wanted: int) -> httpx.Response:
    if answer.status_code != wanted:
        asked = f"{answer.request.method} {answer.url}"
        msg = f"{asked} was answered {answer.status_code} ({answer.text[:200]}), {wanted} is required."
        raise SmokeError(msg)
    return answer


def smoke(endpoints: Mapping[str, str], http: httpx.Client, *, shop: bool) -> int:
    """Ask the endpoints and, if `shop`, buy something; returns the exit code."""
    try:
        for line in answers(endpoints, http):
            sys.stdout.write(f"{line}\n")
        if shop:
            sys.stdout.write(f"{journey(endpoints['frontend'], http)}\n")
    except (SmokeError, httpx.TransportError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def main(stack: str) -> int:
    """Ask the stack that is up; returns the exit code."""
    try:
        found = local_endpoints() if stack == "local" else cloud.workspace(stack).outputs().get("endpoints")
    except (StackError, ATuManoError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not found:
        sys.stderr.write(f"The stack {stack!r} has no output `endpoints`: it is not up. Run `make up STACK={stack}`.\n")
        return 1
    with client() as http:
        return smoke(found, http, shop=os.environ.get("JOURNEY") == "yes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
