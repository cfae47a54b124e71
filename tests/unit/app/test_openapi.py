"""The committed OpenAPI documents are those of the code, and every operation documents its errors."""

import json
from typing import Any

import pytest

from app.openapi import SERVICES, document_of, path_of

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.mark.parametrize("service", SERVICES)
def test_the_committed_document_is_the_generated_one(service: str) -> None:
    committed = path_of(service).read_text(encoding="utf-8")
    assert committed == document_of(service), "run: python -m app.openapi"


@pytest.mark.parametrize("service", ["auth", "products", "orders"])
def test_every_error_of_every_operation_has_the_one_problem_body(service: str) -> None:
    document: dict[str, Any] = json.loads(document_of(service))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            failures = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert {"500", "503"} <= failures.keys(), (method, path)
            assert all(answer["content"] == PROBLEM for answer in failures.values()), (method, path)


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_what_it_does(service: str) -> None:
    document: dict[str, Any] = json.loads(document_of(service))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)
