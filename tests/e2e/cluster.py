"""The Kubernetes API of the shop's cluster, as its administrator; and the one way to wait for something."""

import os
import signal
import ssl
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml

NAME = "app.kubernetes.io/name"
SERVICES = ("auth", "products", "orders", "frontend")
_APPS = "/apis/apps/v1/namespaces/shop/deployments"

FoundT = TypeVar("FoundT")


def wait_for(what: str, look: Callable[[], FoundT | None], *, seconds: float) -> FoundT:
    """What `look` finds, as soon as that is true; the test fails when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            msg = f"Waited {seconds:g} s for {what}; last seen: {found!r}."
            raise AssertionError(msg)
        time.sleep(0.2)
    return found


class Cluster:
    """A few words of the Kubernetes API; an answer other than a success is an httpx.HTTPStatusError."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        server, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        trust = ssl.create_default_context(cadata=b64decode(server["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(b64decode(user["client-certificate-data"]) + b64decode(user["client-key-data"]))
            pair.flush()
            trust.load_cert_chain(pair.name)
        self._http = httpx.Client(base_url=server["server"], verify=trust, timeout=30)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str) -> dict[str, Any]:
        """The object that the API server answers; a body is a merge patch, or the options of a deletion."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        request = partial(self._http.request, method, path, params=query, json=body, headers={"Content-Type": kind})
        try:
            answer = request()
        except httpx.TransportError:
            # The shop's answers are what is tested; that of a busy API server may be asked for once more.
            if method != "GET":
                raise
            answer = request()
        return dict(answer.raise_for_status().json())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def secret(self, namespace: str, name: str, key: str) -> str:
        """One value of a Secret."""
        found = self.call("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        return b64decode(found["data"][key]).decode()

    def pods(self, namespace: str, app: str) -> dict[str, dict[str, Any]]:
        """The pods of a service by uid, those that are ending too."""
        selector = f"{NAME}={app}"
        found = self.call("GET", f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector)["items"]
        return {pod["metadata"]["uid"]: pod for pod in found}

    def ready(self, namespace: str, app: str) -> set[str]:
        """The uids of the pods of a service that take traffic."""
        return {
            uid
            for uid, pod in self.pods(namespace, app).items()
            if "deletionTimestamp" not in pod["metadata"]
            and any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))
        }

    def kill(self, pod: dict[str, Any]) -> None:
        """End a pod as a crash does: its processes are killed where they are, then it is deleted without a pause.

        The deletion alone would not be sudden: the node tells processes to end a moment before it kills them.
        """
        metadata = pod["metadata"]
        for process in _processes(metadata["uid"]):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        self.call("DELETE", path, {"gracePeriodSeconds": 0})

    def restart(self, service: str) -> None:
        """Begin a rolling update of a service: its pods get another annotation, so each is replaced."""
        mark = {"metadata": {"annotations": {"a-tu-mano/test-restart": str(time.time_ns())}}}
        self.call("PATCH", f"{_APPS}/{service}", {"spec": {"template": mark}})

    def rolled_out(self, service: str) -> bool:
        """Whether every pod that a service should have is there, ready and of the newest kind."""
        found = self.call("GET", f"{_APPS}/{service}")
        wanted, status = found["spec"]["replicas"], found["status"]
        return bool(
            status.get("observedGeneration") == found["metadata"]["generation"]
            and status.get("updatedReplicas") == status.get("availableReplicas") == status.get("replicas") == wanted
        )


def _processes(pod: str) -> list[int]:
    """The processes of a pod on this machine, which is the node."""
    found = []
    for groups in Path("/proc").glob("[0-9]*/cgroup"):
        with suppress(OSError):
            if f"/pod{pod}/" in groups.read_text(encoding="utf-8"):
                found.append(int(groups.parent.name))
    assert found, f"pod {pod} has no process on this machine"
    return found
