"""The middleware: ids, size limit, access line, metrics, headers."""

import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from app.shared import logs
from app.shared.observe import Observe
from tests.support import started
from tests.unit.app.shared.demo import create_app, settings

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The log lines written so far, decoded; the process' logging is put back afterwards."""
    import logging  # noqa: PLC0415 - only this fixture touches the root logger

    root, stream = logging.getLogger(), io.StringIO()
    before, level, access = root.handlers[:], root.level, logs._write_access
    logs.configure(settings(service_version="abc"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], logs._write_access = before, access
    root.setLevel(level)
    logging.captureWarnings(capture=False)


async def test_the_callers_trace_goes_on(demo: httpx.AsyncClient) -> None:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    body = (await demo.get("/demo/items/x", headers=headers)).json()
    assert body["trace_id"] == TRACE
    assert body["traceparent"].startswith(f"00-{TRACE}-")
    assert body["traceparent"].endswith("-01")
    assert "b7ad6b7169203331" not in body["traceparent"]


@pytest.mark.parametrize(
    "traceparent", ["", "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}-{'0' * 16}-01", f"01-{TRACE}"]
)
async def test_a_trace_begins_here_when_none_can_be_read(demo: httpx.AsyncClient, traceparent: str) -> None:
    first = (await demo.get("/demo/items/x", headers={"traceparent": traceparent})).json()["trace_id"]
    second = (await demo.get("/demo/items/x", headers={"traceparent": traceparent})).json()["trace_id"]
    assert len(first) == 32
    assert len({first, second, TRACE, "0" * 32}) == 4


async def test_a_request_id_is_kept_when_it_is_harmless_and_replaced_when_not(demo: httpx.AsyncClient) -> None:
    kept = await demo.get("/demo/items/x", headers={"x-request-id": "client-id-0001"})
    assert kept.headers["x-request-id"] == "client-id-0001"
    replaced = await demo.get("/demo/items/x", headers={"x-request-id": 'a"b {injected}'})
    assert "injected" not in replaced.headers["x-request-id"]


async def test_one_line_tells_of_a_request_without_query_or_body(demo: httpx.AsyncClient, lines: Any) -> None:
    await demo.get("/demo/items/x?token=hidden", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    (line,) = lines()
    assert (line["severity"], line["message"], line["service"]) == ("INFO", "GET /demo/items/{name} 200", "demo")
    assert (line["version"], line["trace_id"], line["status"]) == ("abc", TRACE, 200)
    assert line["path"] == "/demo/items/x"
    assert line["duration_ms"] >= 0
    assert "hidden" not in json.dumps(line)


async def test_a_crash_is_logged_with_its_cause_and_the_same_trace(demo: httpx.AsyncClient, lines: Any) -> None:
    answer = await demo.get("/demo/items/bug")
    crash, access = lines()
    assert "RuntimeError: the secret is 1234" in crash["exception"]
    assert crash["trace_id"] == access["trace_id"] == answer.json()["trace_id"]
    assert access["status"] == 500


async def test_probes_are_not_logged(demo: httpx.AsyncClient, lines: Any) -> None:
    assert (await demo.get("/healthz")).status_code == (await demo.get("/readyz")).status_code == 200
    assert lines() == []


async def test_requests_are_counted_by_route_and_never_by_path(demo: httpx.AsyncClient) -> None:
    def counted(route: str, status: str) -> float:
        labels = {"method": "GET", "route": route, "status": status}
        return REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels) or 0.0

    before = counted("/demo/items/{name}", "200"), counted("unmatched", "404")
    for name in "abc":
        await demo.get(f"/demo/items/{name}")
        await demo.get(f"/nowhere/{name}")
    assert counted("/demo/items/{name}", "200") == before[0] + 3
    assert counted("unmatched", "404") == before[1] + 3
    assert REGISTRY.get_sample_value("http_server_requests_in_flight") == 0


async def test_a_body_that_says_it_is_too_large_is_not_read(demo: httpx.AsyncClient) -> None:
    answer = await demo.post("/demo/items", content=b"x" * 65537)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


async def test_a_body_that_does_not_say_its_size_is_cut_off_at_the_limit(demo: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1024

    answer = await demo.post("/demo/items", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_a_body_within_the_limit_passes(demo: httpx.AsyncClient) -> None:
    assert (await demo.post("/demo/items", json={"password": 1})).json() == {"password": 1}


async def test_an_answer_that_breaks_halfway_breaks_the_connection(lines: Any) -> None:
    sent = []

    async def breaking(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        msg = "broke"
        raise RuntimeError(msg)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/demo/stream", "headers": []}
    with pytest.raises(RuntimeError, match="broke"):
        await Observe(breaking, settings=settings(), crashed=_unused)(scope, receive, send)
    assert sent == ["http.response.start"]
    assert [line["message"] for line in lines()] == ["unhandled error", "GET unmatched 200"]


def _unused(path: str) -> Any:
    raise AssertionError(path)


async def test_browsers_are_told_to_keep_to_https_where_the_shop_is_https() -> None:
    async with started(create_app(settings(public_url="https://shop.example.com"))) as secure:
        assert "max-age" in (await secure.get("/demo/items/x")).headers["strict-transport-security"]


async def test_answers_are_not_sniffed_and_plain_http_sends_no_hsts(demo: httpx.AsyncClient) -> None:
    headers = (await demo.get("/demo/items/x")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers
