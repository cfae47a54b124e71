"""The one middleware: trace and request ids, size limit, metrics, one access line, and the answer to a crash.

Pure ASGI and one for all five, since every layer costs each request; it sees responses as they are sent.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.shared import context, logs, metrics, telemetry
from app.shared.errors import problem
from app.shared.health import PATHS as PROBES
from app.shared.settings import ServiceSettings

log = logging.getLogger("app.access")

_WANTED = frozenset({b"traceparent", b"x-request-id", b"x-forwarded-for", b"content-length"})
_CLIENT_GONE = 499


Crashed = Callable[[str], Response]
"""The answer to an unhandled exception at a path."""


def crash_problem(path: str) -> Response:
    """The default answer: 500 as a problem body, without a word about the cause."""
    return problem(500, path=path, slug="internal-error", title="Internal error")


class Observe:
    """Wraps an application. Requests of probes are neither logged nor counted."""

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings, crashed: Crashed) -> None:
        self._app = app
        self._crashed = crashed
        self._max_body = settings.max_body_bytes
        self._traced = settings.otel_exporter_otlp_endpoint is not None
        self._headers = [(b"x-content-type-options", b"nosniff")]
        if settings.secure:
            self._headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        wanted = {name: value for name, value in scope["headers"] if name in _WANTED}
        request = context.begin(
            wanted.get(b"traceparent", b""), wanted.get(b"x-request-id", b""), wanted.get(b"x-forwarded-for", b"")
        )
        if self._traced:
            request = telemetry.in_span(request)
        token = context.enter(request)
        metrics.IN_FLIGHT.inc()
        started = time.perf_counter()
        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"], *self._headers, (b"x-request-id", request.request_id.encode())
                ]  # fmt: skip
            await send(message)

        try:
            await self._limited(scope, receive, observed, wanted.get(b"content-length"))
        except Exception:
            log.exception("unhandled error")
            if status:
                # Part of the answer is on its way: only breaking the connection tells the client.
                raise
            await self._crashed(scope["path"])(scope, receive, observed)
        finally:
            seconds = time.perf_counter() - started
            metrics.IN_FLIGHT.dec()
            self._record(scope, status or _CLIENT_GONE, seconds)
            context.leave(token)

    async def _limited(self, scope: Scope, receive: Receive, send: Send, length: bytes | None) -> None:
        most = self._max_body
        detail = f"The body is larger than {most} bytes. Send less."
        if length is not None:
            if length.isdigit() and int(length) > most:
                await problem(413, path=scope["path"], detail=detail)(scope, receive, send)
            else:
                await self._app(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, counted, send)

    @staticmethod
    def _record(scope: Scope, status: int, seconds: float) -> None:
        method: str = scope["method"]
        route: str = getattr(scope.get("route"), "path_format", "unmatched")
        metrics.observe_request(method, route, status, seconds)
        line: dict[str, Any] = {
            "method": method,
            "path": scope["path"],
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
        }
        logs.access(f"{method} {route} {status}", line)
