"""Every service keeps the promises of its OpenAPI document, whatever is sent: Schemathesis against the real services.

Not proved here: that a valid request does the right thing (unit tests), or what a person sees (end-to-end tests).
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, checks
from schemathesis.specs.openapi import checks as promises
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app.openapi import document_of
from tests.contract.shop import Shop, open_shop

CHECKS = [
    checks.not_a_server_error,
    promises.status_code_conformance,
    promises.content_type_conformance,
    promises.response_schema_conformance,
    promises.unsupported_method,
]
# A page may also answer nonsense with a redirect, so this one is for the APIs.
API_CHECKS = [*CHECKS, promises.negative_data_rejection]
BOUNDED = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def contract(service: str) -> OpenApiSchema:
    """The promises of one service."""
    return schemathesis.openapi.from_dict(json.loads(document_of(service)))


@pytest.fixture(scope="module")
def shop(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The whole shop, on databases of its own."""
    serial = count(1)
    home = tmp_path_factory.mktemp("shop")
    with open_shop(lambda name: f"{mongodb}/contract_{name}_{next(serial)}?replicaSet=secantus", home) as opened:
        yield opened


def check(case: Case[Any], shop: Shop, service: str) -> None:
    """Send one generated request and hold the answer against the document."""
    headers = shop.headers(service, case.operation.path)
    expected = CHECKS if service == "frontend" else API_CHECKS
    case.call_and_validate(base_url=shop.urls[service], headers=headers, checks=expected, allow_redirects=False)


@contract("auth").parametrize()
@BOUNDED
def test_auth_keeps_its_contract(case: Case[Any], shop: Shop) -> None:
    check(case, shop, "auth")


@contract("products").parametrize()
@BOUNDED
def test_products_keeps_its_contract(case: Case[Any], shop: Shop) -> None:
    check(case, shop, "products")


@contract("orders").parametrize()
@BOUNDED
def test_orders_keeps_its_contract(case: Case[Any], shop: Shop) -> None:
    check(case, shop, "orders")


@contract("frontend").parametrize()
@BOUNDED
def test_frontend_keeps_its_contract(case: Case[Any], shop: Shop) -> None:
    check(case, shop, "frontend")
