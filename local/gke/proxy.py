"""Envoy as a process of this machine: started, told its configuration, asked for the health of endpoints."""

import asyncio
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from local.cluster.addons import envoy_binary
from local.cluster.pki import write_private
from local.gke import certificates, envoy
from local.gke.envoy import Place
from local.gke.plan import Endpoint, Plan

CONFIGURATION: Final = "envoy.json"
_SECONDS: Final = 10
"""How long Envoy has to start, and to end."""


class ProxyError(Exception):
    """Envoy does not do what it was told; the message says what."""


@dataclass(frozen=True)
class Health:
    """How many endpoints of a backend there are, and how many pass their health check."""

    passed: int
    all: int


class Proxy:
    """The one load balancer. Its files lie in one folder, which is its working directory and the caller's, too."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._written: dict[str, Any] = {}
        self._rejected = 0
        self._plan = Plan()

    async def ensure(self) -> bool:
        """Start Envoy unless it runs, and wait until it answers; True when it was started.

        Raises:
            ClusterError: its program is not installed.
            ProxyError: it does not answer.
        """
        if self._process is not None and self._process.poll() is None:
            return False
        self._process = process = self._start()
        deadline = asyncio.get_running_loop().time() + _SECONDS
        while not await _answers():
            if process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                message = f"Envoy does not answer. What it says is above; its configuration is {CONFIGURATION}."
                raise ProxyError(message)
            await asyncio.sleep(0.1)
        return True

    def _start(self) -> "subprocess.Popen[bytes]":
        self._rejected = 0
        (self._place.folder / envoy.ADMIN).unlink(missing_ok=True)
        self._write({CONFIGURATION: envoy.bootstrap(self._place)})
        if "listeners.json" not in self._written:
            self.configure(Plan(), {})
        command = [str(envoy_binary()), "--config-path", CONFIGURATION]
        command += ["--concurrency", "2", "--disable-hot-restart", "--log-level", "warn"]
        # It ends with its parent, however that ends.
        return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], cwd=self._place.folder)

    def stop(self) -> None:
        """End Envoy."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def configure(self, plan: Plan, found: Mapping[str, Sequence[Endpoint]]) -> None:
        """Write what has changed; Envoy follows."""
        certificate = None
        if any(port.secure for port in plan.ports):
            certificate = certificates.certificate(self._place.folder, plan.hostnames)
        self._write(envoy.endpoint_files(plan, found))
        self._write(envoy.files(plan, self._place, certificate))
        self._plan = plan

    @property
    def plan(self) -> Plan:
        """The plan it works by."""
        return self._plan

    def _write(self, files: Mapping[str, Any]) -> None:
        for name, content in files.items():
            if self._written.get(name) != content:
                write_private(self._place.folder / name, json.dumps(content, indent=1).encode())
                self._written[name] = content

    async def health(self) -> Mapping[str, Health]:
        """Map each backend's name to the health of its endpoints, as far as Envoy knows it already.

        Raises:
            ProxyError: Envoy refused a file.
            httpx.HTTPError: Envoy does not answer.
        """
        async with admin() as client:
            refused = (await client.get("/stats", params={"filter": "update_rejected", "format": "json"})).json()
            clusters = (await client.get("/clusters", params={"format": "json"})).json()
        rejected = sum(stat["value"] for stat in refused["stats"] if "value" in stat)
        if rejected > self._rejected:
            self._rejected = rejected
            message = (
                "Envoy refuses what the stand-in made of the Gateway; its reasons are above. That is a mistake here."
            )
            raise ProxyError(message)
        known = {cluster["name"]: cluster.get("host_statuses", []) for cluster in clusters.get("cluster_statuses", [])}
        return {
            backend.name: Health(
                sum("failed_active_health_check" not in host["health_status"] for host in known[backend.name]),
                len(known[backend.name]),
            )
            for backend in self._plan.backends
            if backend.name in known
        }


async def _answers() -> bool:
    try:
        async with admin() as client:
            return (await client.get("/ready")).is_success
    except httpx.HTTPError:
        return False


def admin() -> httpx.AsyncClient:
    """Ask the Envoy whose working directory is this process's, too: a socket's whole path may be too long."""
    transport = httpx.AsyncHTTPTransport(uds=envoy.ADMIN)
    return httpx.AsyncClient(base_url="http://envoy", transport=transport, timeout=2)
