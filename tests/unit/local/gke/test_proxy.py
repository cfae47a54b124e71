"""The real Envoy, told by a plan, before a server of this test."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from local.gke import certificates
from local.gke.envoy import Place
from local.gke.plan import Backend, Check, Plan, Port, Rule
from local.gke.proxy import Health, Proxy
from local.gke.world import Object

HOST = "shop.example.com"
REDIRECT = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
REWRITE = {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}


class _Answer(BaseHTTPRequestHandler):
    """Healthy at /healthz alone; elsewhere it tells what it was asked."""

    def do_GET(self) -> None:
        probe = self.headers["User-Agent"] == "GoogleHC/1.0"
        self.send_response(404 if probe and self.path != "/healthz" else 200)
        self.end_headers()
        forwarded = [self.headers["X-Forwarded-Proto"], *self.headers["X-Forwarded-For"].split(",")[1:]]
        self.wfile.write(" ".join([*forwarded, self.headers["Host"], self.path]).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def backend() -> Iterator[tuple[str, int]]:
    """Address and port of a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield "127.0.0.1", server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A folder to work in, and two free ports."""
    before = Path.cwd()
    os.chdir(tmp_path)
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = {80: one.getsockname()[1], 443: other.getsockname()[1]}
    yield Place(folder=tmp_path, ports=ports)
    os.chdir(before)


def plan(check: Check) -> Plan:
    backend = Backend(namespace="shop", service="frontend", port=80, check=check)

    def rule(path: str, *filters: Object, backends: tuple[tuple[str, int], ...] = ()) -> Rule:
        match = {"path": {"type": "PathPrefix", "value": path}}
        return Rule(hostnames=(HOST,), matches=(match,), filters=filters, backends=backends)

    to = ((backend.name, 1),)
    secure = (rule("/shop", backends=to), rule("/old", REWRITE, backends=to), rule("/nowhere"))
    ports = (Port(number=80, rules=(rule("/", REDIRECT),)), Port(number=443, rules=secure))
    return Plan(ports=ports, backends=(backend,), hostnames=(HOST,), address="203.0.113.7")


class _Client:
    """Requests to a host whose address is that of the proxy's port."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def get(self, url: str) -> httpx.Response:
        trust = str(self._place.folder / certificates.AUTHORITY)
        wanted = httpx.URL(url)
        port = self._place.ports[443 if wanted.scheme == "https" else 80]
        async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=trust), trust_env=False) as client:
            headers = {"Host": str(wanted.host)}
            url = str(wanted.copy_with(host="127.0.0.1", port=port))
            return await client.get(url, headers=headers, extensions={"sni_hostname": wanted.host})


async def _until(proxy: Proxy, expected: Health) -> Mapping[str, Health]:
    for _ in range(100):
        found = await proxy.health()
        if found.get("shop.frontend.80") == expected:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(found)


def test_a_service_that_passes_its_check_is_served_and_another_answered_503(
    place: Place, backend: tuple[str, int]
) -> None:
    async def story() -> None:
        proxy, client = Proxy(place), _Client(place)
        try:
            assert await proxy.ensure()
            assert not await proxy.ensure()
            # GKE's own check asks for `/`, where this service is not.
            proxy.configure(plan(Check(interval=1)), {"shop.frontend.80": (backend,)})
            await _until(proxy, Health(0, 1))
            answer = await client.get(f"https://{HOST}/shop")
            assert (answer.status_code, answer.text) == (503, "no healthy upstream")

            proxy.configure(plan(Check(path="/healthz", interval=1, chosen=True)), {"shop.frontend.80": (backend,)})
            await _until(proxy, Health(1, 1))
            answer = await client.get(f"https://{HOST}/shop/1?a=b")
            assert (answer.status_code, answer.text) == (200, f"https 203.0.113.7 {HOST} /shop/1?a=b")
            assert answer.headers["via"] == "1.1 google"
            assert (await client.get(f"https://{HOST}/old/x")).text == f"https 203.0.113.7 {HOST} /x"
            assert [(await client.get(f"https://{HOST}{path}")).status_code for path in ("/shopping", "/nowhere")] == [
                404,
                500,
            ]
            assert (await client.get("https://localhost/shop")).status_code == 404
            answer = await client.get(f"http://{HOST}/shop?a=b")
            assert (answer.status_code, answer.headers["location"]) == (301, f"https://{HOST}/shop?a=b")

            # No pod is left.
            proxy.configure(proxy.plan, {"shop.frontend.80": ()})
            await _until(proxy, Health(0, 0))
            assert (await client.get(f"https://{HOST}/shop")).status_code == 503

            # The Gateway is deleted.
            proxy.configure(Plan(), {})
            for _ in range(50):
                try:
                    await client.get(f"https://{HOST}/shop")
                except httpx.ConnectError:
                    return
                await asyncio.sleep(0.1)
            msg = "Envoy goes on without a Gateway."
            raise AssertionError(msg)
        finally:
            proxy.stop()

    asyncio.run(story())


def test_envoy_is_started_again_when_it_has_ended_and_knows_its_plan(place: Place, backend: tuple[str, int]) -> None:
    async def story() -> None:
        proxy = Proxy(place)
        try:
            await proxy.ensure()
            proxy.configure(plan(Check(path="/healthz", interval=1)), {"shop.frontend.80": (backend,)})
            await _until(proxy, Health(1, 1))
            proxy.stop()
            assert await proxy.ensure()
            await _until(proxy, Health(1, 1))
        finally:
            proxy.stop()

    asyncio.run(story())
