"""`make status` and `make logs`: the shop as its cluster has it."""

import sys
import warnings
from collections.abc import Sequence
from typing import Any

# It knows the versions of its own release day; the objects used here are the same in all of them.
warnings.filterwarnings("ignore", message="Kubernetes version")

import kr8s  # noqa: E402
from kr8s.objects import Pod  # noqa: E402

from local.paths import KUBECONFIG  # noqa: E402
from local.stack import CONFIG_FILE, instance, kubeconfig  # noqa: E402

INSTANCE = "app.kubernetes.io/instance"
NAME = "app.kubernetes.io/name"
TAIL_LINES = 200


class LookError(Exception):
    """There is nothing to look at; the message is a sentence for the user."""


def pods(service: str | None = None) -> list[Pod]:
    """The pods of the shop, or of one service.

    Raises:
        LookError: No cluster, or no such service.
    """
    if not kubeconfig().exists() or not CONFIG_FILE.exists():
        msg = "The shop is not up on this machine. Run `make up`."
        raise LookError(msg)
    api: Any = kr8s.api(kubeconfig=str(kubeconfig()))
    selector = f"{INSTANCE}={instance()}" + (f",{NAME}={service}" if service else "")
    try:
        found = [pod for pod in api.get("pods", namespace=kr8s.ALL, label_selector=selector) if isinstance(pod, Pod)]
        if not found and service:
            known = sorted({pod.labels[NAME] for pod in pods()})
            msg = f"SERVICE is {service!r}, of which there is no pod. Name one of: {', '.join(known) or '(none)'}."
            raise LookError(msg)
    except (kr8s.APITimeoutError, kr8s.ConnectionClosedError, OSError) as error:
        msg = f"The cluster of {kubeconfig()} does not answer ({type(error).__name__}). Run `make up`."
        raise LookError(msg) from error
    return sorted(found, key=lambda pod: (str(pod.namespace), pod.name))


def status() -> int:
    """Print every daemon of the project's own cluster and every pod; returns 1 if one of them is not well."""
    well = True
    if kubeconfig() == KUBECONFIG and KUBECONFIG.exists():
        from local.cluster.__main__ import run  # noqa: PLC0415 - the daemons' table, only for the project's own cluster

        well = run(["status"]) == 0
        _say("")
    for pod in pods():
        found: dict[str, Any] = pod.raw["status"]
        state = _state(found)
        well = well and state == "Ready"
        restarts = sum(container.get("restartCount", 0) for container in found.get("containerStatuses", []))
        _say(f"{f'{pod.namespace}/{pod.name}':<48} {state:<24} restarts {restarts}")
    return 0 if well else 1


def logs(service: str) -> None:
    """Print the last lines of every pod of a service."""
    for pod in pods(service):
        _say(f"==> {pod.namespace}/{pod.name}")
        for line in pod.logs(tail_lines=TAIL_LINES):
            _say(line)


def _state(status: dict[str, Any]) -> str:
    for container in status.get("containerStatuses", []):
        if reason := container.get("state", {}).get("waiting", {}).get("reason"):
            return str(reason)
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions", []))
    return "Ready" if ready else str(status.get("phase", "Unknown"))


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    match list(arguments):
        case ["status"]:
            return status()
        case ["logs", service] if service:
            logs(service)
            return 0
        case _:
            _say("Usage: make status, or make logs SERVICE=NAME.")
            return 2


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LookError as error:
        sys.exit(str(error))
