"""Shopping through the public APIs, and what they do not show."""

import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app.openapi import SERVICES, document_of, path_of
from tests.e2e.api import Account, Api, order_of
from tests.e2e.shop import Shop


def test_a_customer_buys_what_staff_put_on_sale_and_cancels_it(api: Api, staff: Account) -> None:
    """Staff add a product, a customer finds, orders and cancels it; the stock follows, and strangers see nothing.

    Does not prove: what happens when something breaks on the way; test_crashes.py does.
    """
    product = api.add_product(staff, stock=5, price_cents=1250)
    found = api.http.get("/products", params={"q": product["name"].split()[-1]}).json()["items"]
    assert [each["id"] for each in found] == [product["id"]]
    assert api.http.get(f"/products/{product['slug']}").json() == product

    customer, stranger = api.register(), api.register()
    assert api.http.get("/auth/me", headers=customer.headers).json()["email"] == customer.email
    headers = {**customer.headers, "Idempotency-Key": uuid4().hex}
    placed = api.http.post("/orders", json=order_of(product, 2), headers=headers)
    assert placed.status_code == 201
    order = placed.json()
    assert (order["status"], order["total_cents"], order["currency"]) == ("placed", 2500, "EUR")
    assert placed.headers["Location"] == f"/orders/{order['id']}"
    assert api.stock(product["id"]) == 3

    assert api.orders(customer) == [api.http.get(placed.headers["Location"], headers=customer.headers).json()]
    assert api.http.get(placed.headers["Location"], headers=stranger.headers).status_code == 404
    assert api.orders(stranger) == []

    cancelled = api.http.post(f"/orders/{order['id']}/cancel", headers=customer.headers)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert api.stock(product["id"]) == 5
    api.withdraw(staff, product["id"])


def test_the_same_order_sent_twice_is_one_order(api: Api, staff: Account) -> None:
    """A repeated Idempotency-Key answers the first order again; with another body, or without a key, it is refused.

    Does not prove: keys that are repeated while pods die; test_crashes.py does.
    """
    product, customer = api.add_product(staff, stock=5), api.register()
    headers = {**customer.headers, "Idempotency-Key": uuid4().hex}
    first, second = (api.http.post("/orders", json=order_of(product), headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = api.http.post("/orders", json=order_of(product, 2), headers=headers)
    _assert_problem(other, 422)
    _assert_problem(api.http.post("/orders", json=order_of(product), headers=customer.headers), 400)
    assert len(api.orders(customer)) == 1
    assert api.stock(product["id"]) == 4
    api.withdraw(staff, product["id"])


def test_a_change_of_a_product_must_say_what_it_is_based_on(api: Api, staff: Account) -> None:
    """Without If-Match a change is refused, with an old ETag too; with the present one it is made, and only by staff.

    Does not prove: two changes at the same instant; the tests of the products service do.
    """
    product = api.add_product(staff, stock=5)
    path, change = f"/products/{product['id']}", {"price_cents": 990}
    tag = api.http.get(path).headers["ETag"]
    assert api.http.get(path, headers={"If-None-Match": tag}).status_code == 304
    _assert_problem(api.http.patch(path, json=change, headers=staff.headers), 428)
    changed = api.http.patch(path, json=change, headers={**staff.headers, "If-Match": tag})
    assert (changed.status_code, changed.json()["price_cents"]) == (200, 990)
    _assert_problem(api.http.patch(path, json=change, headers={**staff.headers, "If-Match": tag}), 412)
    current = {"If-Match": changed.headers["ETag"]}
    _assert_problem(api.http.patch(path, json=change, headers=current), 401)
    _assert_problem(api.http.patch(path, json=change, headers={**api.register().headers, **current}), 403)
    api.withdraw(staff, product["id"])
    assert api.http.get(path).json()["withdrawn"] is True
    assert api.http.get("/products", params={"q": product["name"].split()[-1]}).json()["items"] == []


def test_a_refresh_token_works_once_and_its_reuse_ends_the_login(api: Api) -> None:
    """Each refresh gives a new token; using an old one again ends the whole login; so does logging out.

    Does not prove: that tokens end by themselves after their time.
    """
    account = api.register()

    def refresh(token: str) -> httpx.Response:
        return api.http.post("/auth/refresh", json={"refresh_token": token})

    renewed = refresh(account.refresh_token)
    assert renewed.status_code == 200
    newer = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    assert api.http.get("/auth/me", headers=newer).status_code == 200
    _assert_problem(refresh(account.refresh_token), 401)
    _assert_problem(refresh(renewed.json()["refresh_token"]), 401)

    api.login(account)
    assert api.http.post("/auth/logout", json={"refresh_token": account.refresh_token}).status_code == 204
    _assert_problem(refresh(account.refresh_token), 401)


def test_endpoints_are_one_json_object_and_nothing_else(shop: Shop) -> None:
    """`make -s endpoints STACK=local` prints the public URL of each service for a program to read, and each answers.

    Does not prove: stacks other than `local`.
    """
    done = shop.command(["make", "-s", "endpoints", "STACK=local"])
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    endpoints = json.loads(done.stdout)
    assert set(endpoints) == set(SERVICES)
    paths = {"frontend": "", "auth": "/jwks.json", "products": "?limit=1", "orders": ""}
    answers = {name: httpx.get(endpoints[name] + path, timeout=20).status_code for name, path in paths.items()}
    assert answers == {"frontend": 200, "auth": 200, "products": 200, "orders": 401}


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/internal/reservations/1", "/internal/reservations/1/confirm", "/products/../internal/reservations/1",
        "/products/%2e%2e/internal/reservations/1", "//internal/reservations/1", "/products/internal/reservations/1",
    ],
)  # fmt: skip
def test_internal_paths_do_not_exist_outside(api: Api, staff: Account, method: str, path: str) -> None:
    """What services ask each other cannot be asked through the edge, however the path is written, not even by staff.

    Does not prove: that pods cannot be reached past the edge; the tests of the network policies do.
    """
    request = api.http.build_request(method, "/", json={"lines": []}, headers=staff.headers)
    request.url = request.url.copy_with(raw_path=path.encode())
    assert api.http.send(request).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/metrics", "/auth/metrics", "/products/metrics", "/orders/metrics"])
def test_metrics_cannot_be_read_outside(api: Api, staff: Account, path: str) -> None:
    """No path of the edge leads to a service's metrics.

    Does not prove: that only the monitoring namespace reads them inside; the tests of the network policies do.
    """
    answer = api.http.get(path, headers=staff.headers)
    assert answer.status_code == 404
    assert "process_cpu_seconds" not in answer.text


@pytest.mark.parametrize("service", SERVICES)
def test_the_committed_openapi_document_is_the_running_services(shop: Shop, api: Api, service: str) -> None:
    """The document is that of the code the images are built from; the edge itself hands out none to read.

    Does not prove: that answers keep to it; the contract tests do.
    """
    committed = Path(shop.repository, path_of(service).relative_to(Path(__file__).parents[2]))
    assert committed.read_text(encoding="utf-8") == document_of(service)
    prefix = "" if service == "frontend" else f"/{service}"
    assert api.http.get(f"{prefix}/openapi.json").status_code in {401, 404}
    assert api.http.get(f"{prefix}/docs").status_code in {401, 404}


def _assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
