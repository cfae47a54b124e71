"""One error body, whoever raises the error."""

import httpx
import pytest

from app.shared.errors import Conflict, NotFound, errors

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/demo/items/missing", 404, "not-found"),
        ("GET", "/demo/items/taken", 409, "conflict"),
        ("GET", "/demo/items/bug", 500, "internal-error"),
        ("GET", "/demo/items/slow-database", 503, "unavailable"),
        ("GET", "/demo/items/broken-database", 500, "internal-error"),
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/demo/items/x", 405, "method-not-allowed"),
        ("POST", "/demo/items", 422, "invalid-request"),
        ("GET", "/demo/user", 401, "unauthorized"),
    ],
)
async def test_every_error_has_the_same_members(
    demo: httpx.AsyncClient, method: str, path: str, status: int, slug: str
) -> None:
    answer = await demo.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance", "trace_id"} <= body.keys()
    assert body["type"] == f"https://a-tu-mano.example/problems/{slug}"
    assert (body["status"], body["instance"]) == (status, path)
    assert len(body["trace_id"]) == 32
    assert body["detail"]


async def test_the_cause_of_a_crash_is_not_told(demo: httpx.AsyncClient) -> None:
    assert "1234" not in (await demo.get("/demo/items/bug")).text


async def test_an_invalid_body_is_told_without_its_values(demo: httpx.AsyncClient) -> None:
    answer = await demo.post("/demo/items", json={"password": "hunter2"})
    assert answer.json()["errors"][0]["at"] == "body.password"
    assert "hunter2" not in answer.text


async def test_members_of_an_error_are_added_and_replace_none_of_the_standard_ones(demo: httpx.AsyncClient) -> None:
    body = (await demo.get("/demo/items/taken")).json()
    assert (body["holder"], body["status"]) == ("ana", 409)


async def test_what_may_be_tried_again_says_when(demo: httpx.AsyncClient) -> None:
    assert (await demo.get("/demo/items/slow-database")).headers["retry-after"] == "1"


async def test_a_method_that_is_not_allowed_names_those_that_are(demo: httpx.AsyncClient) -> None:
    assert (await demo.delete("/demo/items/x")).headers["allow"] == "GET"


def test_errors_of_one_status_share_its_description() -> None:
    class Taken(Conflict):
        """The name is taken."""

    described = errors(NotFound, Conflict, Taken)
    assert set(described) == {404, 409}
    assert described[409]["description"] == "The request does not fit the present state. / The name is taken."
