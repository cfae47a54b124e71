"""The stand-in at work: `python -m local.gke.controller FOLDER`, started by `local.gke.up`.

Every second it reads what the cluster has, judges it and writes what has changed. A failed request is logged and tried
again at the next turn: an API server that restarts only delays it, and the load balancer goes on meanwhile.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx

from local.cluster.errors import ClusterError
from local.gke import cloud, gateways
from local.gke.api import FAILURES, Api
from local.gke.definitions import GROUP, PLURALS
from local.gke.envoy import Place
from local.gke.folder import READY, SETTINGS
from local.gke.gateways import Verdict
from local.gke.plan import Backend, endpoints
from local.gke.proxy import Health, Proxy, ProxyError
from local.gke.world import GATEWAYS, ROUTES, Object, Status, World, key, now

RECONCILED: Final = "networking.gke.io/last-reconcile-time"
NEG: Final = "cloud.google.com/neg"
"""Annotations that GKE puts on Gateways and Services of others: an engine must not take them for drift."""
_PAUSE: Final = 1.0
_log = logging.getLogger("gke")


class Controller:
    """Reads, judges, writes."""

    def __init__(self, api: Api, proxy: Proxy, folder: Path | None) -> None:
        self._api = api
        self._proxy = proxy
        self._cloud = folder
        self._said: dict[str, str] = {}
        self._mentioned: set[str] = set()

    async def turn(self) -> None:
        """Once through everything."""
        self._mentioned.clear()
        if await self._proxy.ensure():
            _log.info("Envoy is started.")
        world = await read(self._api)
        verdict = gateways.judge(world, cloud.known(self._cloud))
        plan = self._proxy.plan if verdict.plan is None else verdict.plan
        self._proxy.configure(plan, endpoints(world, plan))
        for status in verdict.statuses:
            await self._write(status)
        await self._annotate(verdict)
        await self._report(plan.backends)
        self._said = {what: text for what, text in self._said.items() if what in self._mentioned}

    async def _write(self, status: Status) -> None:
        self._tell(status)
        wanted = stamped(status, now())
        if wanted == status.found.get("status"):
            return
        version = status.found["metadata"]["resourceVersion"]
        await self._api.merge(f"{status.path}/status", {"metadata": {"resourceVersion": version}, "status": wanted})
        if status.found["kind"] == "Gateway":
            await self._api.merge(status.path, {"metadata": {"annotations": {RECONCILED: now()}}})

    def _tell(self, status: Status) -> None:
        """Log the false conditions of an object, each once."""
        parents = status.status.get("parents", [])
        found = [*status.status.get("conditions", []), *(one for parent in parents for one in parent["conditions"])]
        wrong = sorted({f"{one['type']}: {one['message']}" for one in found if one["status"] == "False"})
        self._say(f"{status.found['kind']} {'/'.join(key(status.found))}", "; ".join(wrong) or "in order")

    def _say(self, what: str, text: str) -> None:
        """Log what is new about something; of what is not mentioned in a turn nothing is known in the next."""
        self._mentioned.add(what)
        if self._said.get(what) != text:
            self._said[what] = text
            _log.info("%s: %s", what, text)

    async def _annotate(self, verdict: Verdict) -> None:
        for service in verdict.served:
            if NEG not in service["metadata"].get("annotations", {}):
                namespace, name = key(service)
                patch = {"metadata": {"annotations": {NEG: '{"ingress":true}'}}}
                await self._api.merge(f"/api/v1/namespaces/{namespace}/services/{name}", patch)

    async def _report(self, backends: Sequence[Backend]) -> None:
        found = await self._proxy.health()
        for backend in backends:
            if backend.name in found:
                self._say(f"{backend.namespace}/{backend.service}", sentence(backend, found[backend.name]))


def sentence(backend: Backend, health: Health) -> str:
    """Say how a Service's endpoints are, and why its requests are answered 503 when they are."""
    check = backend.check
    if not health.all:
        return "it has no pods. Requests are answered 503, no healthy upstream."
    asked = f"GET {check.path}" + (f" on port {check.port}" if check.port else "")
    said = f"{health.passed} of {health.all} endpoints answer 200 to {asked}."
    if health.passed:
        return said
    why = "" if check.chosen else " It has no HealthCheckPolicy, so GKE asks for /."
    return f"{said} Requests are answered 503, no healthy upstream.{why} Do its policies admit the load balancer?"


async def read(api: Api) -> World:
    """Read everything that decides."""
    policies = {kind: await api.items(f"/apis/{GROUP}/v1/{plural}") for kind, plural in PLURALS.items()}
    return World(
        gateways=_typed(await api.items(GATEWAYS), "Gateway"),
        routes=_typed(await api.items(ROUTES), "HTTPRoute"),
        services=await api.items("/api/v1/services"),
        slices=await api.items("/apis/discovery.k8s.io/v1/endpointslices"),
        namespaces=await api.items("/api/v1/namespaces"),
        policies={kind: _typed(found, kind) for kind, found in policies.items()},
    )


def _typed(found: list[Object], kind: str) -> list[Object]:
    """Objects that are not about to be deleted, with their kind."""
    return [{**one, "kind": kind} for one in found if "deletionTimestamp" not in one["metadata"]]


def stamped(status: Status, time: str) -> Object:
    """A status with the times of its conditions: the old ones where nothing has changed."""
    found = status.found.get("status", {})
    generation = status.found["metadata"].get("generation")
    wanted = {**status.status}
    if "conditions" in wanted:
        wanted["conditions"] = _conditions(wanted["conditions"], found.get("conditions", []), generation, time)
    for name, identity in (("listeners", ("name",)), ("parents", ("parentRef", "controllerName"))):
        if name in wanted:
            wanted[name] = [
                {
                    **one,
                    "conditions": _conditions(one["conditions"], _same(one, found, name, identity), generation, time),
                }
                for one in wanted[name]
            ]
    return wanted


def _same(one: Object, found: Mapping[str, Any], name: str, identity: Sequence[str]) -> list[Object]:
    before = (old for old in found.get(name, []) if all(old[field] == one[field] for field in identity))
    return list(next(before, {"conditions": []})["conditions"])


def _conditions(wanted: list[Object], found: list[Object], generation: int | None, time: str) -> list[Object]:
    before = {one["type"]: one for one in found}
    seen = {} if generation is None else {"observedGeneration": generation}
    result = []
    for one in wanted:
        if "lastTransitionTime" in one:
            # Another controller's.
            result.append(one)
            continue
        old = before.get(one["type"], {})
        same = old.get("status") == one["status"]
        result.append({**one, **seen, "lastTransitionTime": old["lastTransitionTime"] if same else time})
    return result


async def work(folder: Path) -> None:
    """Turn after turn, until told to end."""
    settings = json.loads((folder / SETTINGS).read_text())
    place = Place(folder=folder, ports={int(port): own for port, own in settings["ports"].items()})
    emulated = Path(settings["cloud"]) if settings["cloud"] else None
    proxy = Proxy(place)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    controller: Controller | None = None
    failed = ""
    try:
        while not ended.is_set():
            try:
                if controller is None:
                    controller = Controller(await Api.connect(Path(settings["kubeconfig"])), proxy, emulated)
                await controller.turn()
            except (*FAILURES, httpx.HTTPError, ProxyError, ClusterError) as error:
                if failed != (failed := f"{type(error).__name__}: {error}"):
                    _log.warning("A turn failed and is repeated. %s", failed)
            except Exception:
                # An object nobody thought of must not end what the other objects need.
                _log.exception("A turn failed and is repeated.")
            else:
                if failed:
                    _log.info("Turns succeed again.")
                failed = ""
                (folder / READY).touch()
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _PAUSE)
    finally:
        proxy.stop()


def main(arguments: Sequence[str]) -> None:
    """Work in a folder."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    folder = Path(arguments[0])
    os.chdir(folder)
    asyncio.run(work(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
