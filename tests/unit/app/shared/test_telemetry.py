"""Traces to the services that are called, and no SDK without an endpoint."""

import subprocess
import sys

import httpx
import pytest

from app.shared import context
from app.shared.telemetry import config, exported, http_client
from tests.unit.app.shared.demo import settings

pytestmark = pytest.mark.anyio


async def headers_sent() -> httpx.Headers:
    async with http_client("http://products", transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        return (await client.get("/products")).request.headers


async def test_calls_join_the_trace_of_the_request_and_hand_on_the_clients_address() -> None:
    request = context.begin(b"", b"client-id-0001", b"203.0.113.7")
    token = context.enter(request)
    try:
        headers = await headers_sent()
    finally:
        context.leave(token)
    assert headers["traceparent"] == request.traceparent
    assert (headers["x-request-id"], headers["x-forwarded-for"]) == ("client-id-0001", "203.0.113.7")


async def test_calls_outside_a_request_claim_no_trace() -> None:
    assert "traceparent" not in await headers_sent()


def test_the_sdk_is_loaded_only_where_spans_are_exported() -> None:
    program = (
        "import sys, app.auth.main, app.products.main, app.shared.server;"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    with exported(settings()):
        assert config()["operation_spans"] is False
