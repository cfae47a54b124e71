"""Structured logs: one JSON object a line on stdout, with its trace and request. Never a body or a secret."""

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

from pydantic_core import to_json

from app.shared.context import OUTSIDE, current
from app.shared.settings import ServiceSettings

_RECORD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_QUIET = {
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "pymongo": "WARNING",
    "asyncio": "WARNING",
    "uvicorn.access": "ERROR",
}

_access = logging.getLogger("app.access")


class JsonFormatter(logging.Formatter):
    """Fields: time (RFC 3339, UTC), severity, message, logger, service, version, the request's ids, every `extra`."""

    def __init__(self, service: str, version: str) -> None:
        super().__init__()
        self._always = {"service": service, "version": version}

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; an exception becomes the field `exception`."""
        fields = {name: value for name, value in vars(record).items() if name not in _RECORD_FIELDS}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return self.line(record.created, record.levelname, record.getMessage(), record.name, fields)

    def line(self, created: float, severity: str, message: str, logger: str, fields: dict[str, Any]) -> str:
        """The line without a record; `created` in seconds since the epoch."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds"),
            "severity": severity,
            "message": message,
            "logger": logger,
            **self._always,
        }
        context = current()
        if context is not OUTSIDE:
            entry |= {"trace_id": context.trace_id, "span_id": context.span_id, "request_id": context.request_id}
        return to_json(entry | fields, fallback=str, inf_nan_mode="constants").decode()


def _by_record(message: str, fields: dict[str, Any]) -> None:
    _access.info(message, extra=fields)


_write_access: Callable[[str, dict[str, Any]], None] = _by_record


def access(message: str, fields: dict[str, Any]) -> None:
    """Log one answered request at INFO."""
    _write_access(message, fields)


def configure(settings: ServiceSettings, stream: TextIO | None = None) -> None:
    """Send every logger of the process to one JSON stream (stdout) at the level of the settings."""
    out = stream or sys.stdout
    formatter = JsonFormatter(settings.service, settings.service_version)
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.captureWarnings(capture=True)
    # A record's thread and process are the same for every line of a one-process service.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)

    def write(message: str, fields: dict[str, Any]) -> None:
        # Without a record: at one line a request, logging's would cost more than the rest of the middleware.
        if _access.isEnabledFor(logging.INFO):
            out.write(formatter.line(time.time(), "INFO", message, _access.name, fields) + "\n")
            out.flush()

    global _write_access  # noqa: PLW0603 - logging is configured once a process
    _write_access = write
