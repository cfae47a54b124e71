"""Liveness and readiness."""

import httpx
import pytest

from app.shared.health import Health
from app.shared.mongo import Topology
from app.shared.server import Server, configuration
from tests.support import started
from tests.unit.app.shared.demo import create_app, settings

pytestmark = pytest.mark.anyio


async def test_a_pod_is_alive_before_it_is_ready_and_says_why_not() -> None:
    app = create_app(settings(service_version="abc"))
    health: Health = app.state.health
    health.started = False
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pod") as pod:
        assert (await pod.get("/healthz")).json() == {"status": "alive", "service": "demo", "version": "abc"}
        waiting = await pod.get("/readyz")
        assert (waiting.status_code, waiting.json()["status"]) == (503, "not ready")
        assert waiting.json()["reasons"] == ["starting: indexes, keys or seeds are not there yet"]
        health.started = True
        assert (await pod.get("/readyz")).status_code == 200


async def test_every_failing_check_is_named() -> None:
    health = Health("demo", "1")
    health.started = True
    health.add(lambda: "first: broken")
    health.add(lambda: None)
    health.add(lambda: "second: broken")
    assert health.reasons() == ["first: broken", "second: broken"]


async def test_a_pod_told_to_stop_is_not_ready_but_still_answers() -> None:
    app = create_app(settings())
    async with started(app) as pod:
        Server(configuration(app, 0), app.state.health).handle_exit(15, None)
        assert (await pod.get("/readyz")).json()["reasons"] == ["draining: the pod was told to stop"]
        assert (await pod.get("/healthz")).status_code == 200
        assert (await pod.get("/demo/items/x")).status_code == 200


async def test_an_election_does_not_take_a_pod_out_of_service_but_a_lost_database_does() -> None:
    now, writable = [0.0], False
    topology = Topology(15.0, lambda: writable, lambda: now[0])
    assert topology.check() is not None
    writable = True
    assert topology.check() is None
    writable = False
    for now[0], ready in ((1.0, True), (14.9, True), (15.0, False), (100.0, False)):
        assert (topology.check() is None) is ready
    writable = True
    assert topology.check() is None
