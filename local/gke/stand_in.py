"""Start and stop the stand-in: what of GKE a rehearsal needs on the local cluster.

Owns: the definitions and classes in the cluster, the labels of its node, and one process with Envoy below it. Their
files, log and certificates lie in one folder of the state, gone after `down`.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from local.cluster.addons import envoy_binary
from local.cluster.pki import write_private
from local.cluster.supervision import tail
from local.gke import certificates, manifests
from local.gke.api import FAILURES, Api
from local.gke.definitions import definitions
from local.gke.folder import FOLDER, LABELS, LOG, READY, SETTINGS
from local.gke.plan import HTTP_PORT, HTTPS_PORT
from local.gke.world import GATEWAY_API, GATEWAY_CLASS, condition, now
from local.paths import REPOSITORY, private

_CLOUD_VARIABLE: Final = "A_TU_MANO_GCP"
_PORTS: Final = {
    HTTP_PORT: ("A_TU_MANO_REHEARSAL_HTTP_PORT", 18080),
    HTTPS_PORT: ("A_TU_MANO_REHEARSAL_HTTPS_PORT", 18443),
}
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_SECONDS: Final = 30


class StandInError(Exception):
    """The stand-in can't do what was asked; the message is a sentence for the user."""


def up(kubeconfig: Path, labels: Mapping[str, str] | None = None) -> None:
    """Bring to the cluster what GKE's has, and start the stand-in anew; `labels` are for its nodes (`node_labels`).

    Names of the cloud are checked when A_TU_MANO_GCP says where it is emulated.

    Raises:
        StandInError: The cluster refuses, a port is taken, or the process does not get ready.
        ClusterError: Envoy is not installed.
    """
    envoy_binary()
    ports = {number: _port(number) for number in _PORTS}
    _stop()
    for number, port in ports.items():
        _require_free(port, _PORTS[number][0])
    try:
        asyncio.run(_within(_bring(kubeconfig, labels or {})))
    except FAILURES as error:
        message = f"The cluster of {kubeconfig} does not take what GKE has: {error} Is it up? Run `make status`."
        raise StandInError(message) from error
    certificates.certificate(private(FOLDER), ())
    cloud = os.environ.get(_CLOUD_VARIABLE)
    settings = {
        "kubeconfig": str(kubeconfig.resolve()),
        "ports": ports,
        "cloud": str(Path(cloud).resolve()) if cloud else None,
    }
    write_private(FOLDER / SETTINGS, json.dumps(settings).encode())
    _start()


def down(kubeconfig: Path) -> None:
    """End the stand-in and take from the cluster what `up` brought; a cluster that is gone already is no error."""
    _stop()
    if kubeconfig.exists():
        # What is not there any more needs not be taken away.
        with suppress(*FAILURES):
            asyncio.run(_within(_take(kubeconfig)))
    shutil.rmtree(FOLDER, ignore_errors=True)


def reach() -> tuple[int, int, Path]:
    """Ports of 127.0.0.1 for HTTP and for HTTPS, and the file of the authority that the latter's certificate is of."""
    return _port(HTTP_PORT), _port(HTTPS_PORT), FOLDER / certificates.AUTHORITY


def proxy_ranges(kubeconfig: Path) -> list[str]:
    """Addresses that requests and health checks come from: in the settings' `edge.proxyRanges` in place of Google's.

    It is this machine's address on the way to the cluster. Nothing is sent to learn it.
    """
    server = urlsplit(_server(kubeconfig))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect((server.hostname, server.port or HTTPS_PORT))
        return [f"{way.getsockname()[0]}/32"]


def leftovers() -> list[str]:
    """List what of the stand-in is on this machine, one line each; nothing after `down`."""
    folder = [f"directory {FOLDER}"] if FOLDER.exists() else []
    return [f"process {process}" for process in _processes()] + folder


async def _within(work: Awaitable[None]) -> None:
    """Give up on a cluster that does not answer; that is a TimeoutError."""
    async with asyncio.timeout(_SECONDS):
        await work


def _server(kubeconfig: Path) -> str:
    """URL of the API server that a kubeconfig leads to."""
    config: dict[str, Any] = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    contexts = {one["name"]: one["context"] for one in config["contexts"]}
    clusters = {one["name"]: one["cluster"] for one in config["clusters"]}
    return str(clusters[contexts[config["current-context"]]["cluster"]]["server"])


async def _bring(kubeconfig: Path, labels: Mapping[str, str]) -> None:
    async with await Api.connect(kubeconfig) as api:
        for definition in definitions():
            await api.apply(f"{_DEFINITIONS}/{definition['metadata']['name']}", definition)
        for path, manifest in manifests.objects().items():
            await api.apply(path, manifest)
        await _accept(api)
        await _label(api, labels)
        write_private(private(FOLDER) / LABELS, json.dumps(sorted(labels)).encode())
        for definition in definitions():
            await _established(api, f"{_DEFINITIONS}/{definition['metadata']['name']}")


async def _accept(api: Api) -> None:
    """Say of the class what its controller says."""
    path = f"/apis/{GATEWAY_API}/v1/gatewayclasses/{GATEWAY_CLASS}"
    found = await api.get(path)
    generation = found["metadata"]["generation"] if found else 1
    accepted = {**condition("Accepted", "Accepted"), "observedGeneration": generation, "lastTransitionTime": now()}
    await api.merge(f"{path}/status", {"status": {"conditions": [accepted]}})


async def _label(api: Api, labels: Mapping[str, str | None]) -> None:
    for node in await api.items("/api/v1/nodes"):
        await api.merge(f"/api/v1/nodes/{node['metadata']['name']}", {"metadata": {"labels": dict(labels)}})


async def _established(api: Api, path: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        found: dict[str, Any] = await api.get(path) or {}
        conditions = found.get("status", {}).get("conditions", [])
        if any(one["type"] == "Established" and one["status"] == "True" for one in conditions):
            return
        if time.monotonic() > deadline:
            message = (
                f"The cluster has not taken {path} within {_SECONDS} s: {conditions}. Look at its API server's log."
            )
            raise StandInError(message)
        await asyncio.sleep(0.1)


async def _take(kubeconfig: Path) -> None:
    async with await Api.connect(kubeconfig) as api:
        for definition in definitions():
            await api.delete(f"{_DEFINITIONS}/{definition['metadata']['name']}")
        for path in manifests.objects():
            await api.delete(path)
        with suppress(FileNotFoundError):
            names = json.loads((FOLDER / LABELS).read_text())
            await _label(api, dict.fromkeys(names))


def _port(number: int) -> int:
    variable, default = _PORTS[number]
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 1 << 16:
        message = f"{variable} is {text!r}, not a port. Set it to a number from 1 to 65535."
        raise StandInError(message)
    return int(text)


def _require_free(port: int, variable: str) -> None:
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = (
                f"Port {port} of 127.0.0.1 is taken ({error.strerror}); the load balancer would answer there. "
                f"End what listens on it, or set {variable} to another port."
            )
            raise StandInError(message) from None


def _start() -> None:
    log, ready = FOLDER / LOG, FOLDER / READY
    ready.unlink(missing_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.gke.controller", str(FOLDER)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=REPOSITORY,
            start_new_session=True,
        )
    deadline = time.monotonic() + _SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            end = tail(log)
            _stop()
            message = f"The stand-in for GKE's load balancer did not get ready. The end of {log}:{end}"
            raise StandInError(message)
        time.sleep(0.1)


def _processes() -> list[int]:
    """Process ids of the stand-in, told by what they were started with."""
    wanted = [b"local.gke.controller", str(FOLDER).encode()]
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal():
            # A process may end while it is looked at.
            with suppress(OSError):
                if (directory / "cmdline").read_bytes().split(b"\0")[2:4] == wanted:
                    found.append(int(directory.name))
    return found


def _stop() -> None:
    """End the process, and with it Envoy."""
    for process in _processes():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + _SECONDS
    while left := _processes():
        if time.monotonic() > deadline:
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(0.05)
