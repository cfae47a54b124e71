"""Liveness and readiness. Liveness asks the process only; readiness does no I/O, so nothing slow can slow it."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.shared import metrics

Check = Callable[[], str | None]
"""Why the pod is not ready, as a sentence, or None."""

PATHS = frozenset({"/healthz", "/readyz"})


class Health:
    """What decides whether this pod gets traffic: it has started, it is not draining, and every check passes."""

    def __init__(self, service: str, version: str) -> None:
        self.started = False
        self.draining = False
        self._about = {"service": service, "version": version}
        self._checks: list[Check] = []

    def add(self, check: Check) -> None:
        """Make readiness depend on one more check; it must not wait for anything."""
        self._checks.append(check)

    def reasons(self) -> list[str]:
        """Why this pod should get no traffic now; empty when it is ready."""
        if self.draining:
            return ["draining: the pod was told to stop"]
        if not self.started:
            return ["starting: indexes, keys or seeds are not there yet"]
        return [reason for check in self._checks if (reason := check())]

    def router(self) -> APIRouter:
        """`/healthz` and `/readyz`; kept out of the OpenAPI document, since only the cluster asks."""
        router = APIRouter(include_in_schema=False)

        @router.get("/healthz")
        async def alive() -> JSONResponse:
            """200 while the process can answer at all."""
            return JSONResponse({"status": "alive", **self._about})

        @router.get("/readyz")
        async def ready() -> JSONResponse:
            """200, or 503 with the reasons."""
            reasons = self.reasons()
            metrics.READY.set(not reasons)
            status = "not ready" if reasons else "ready"
            return JSONResponse({"status": status, "reasons": reasons, **self._about}, 503 if reasons else 200)

        return router
