"""Structured logs: one JSON object a line on stdout, with its trace and request. Never a body or a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

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

_encode = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode


class JsonFormatter(logging.Formatter):
    """Fields: time (RFC 3339, UTC), severity, message, logger, service, version, the request's ids, every `extra`."""

    def __init__(self, service: str, version: str) -> None:
        super().__init__()
        self._always = {"service": service, "version": version}

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; an exception becomes the field `exception`."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **self._always,
        }
        context = current()
        if context is not OUTSIDE:
            entry |= {"trace_id": context.trace_id, "span_id": context.span_id, "request_id": context.request_id}
        entry |= {name: value for name, value in vars(record).items() if name not in _RECORD_FIELDS}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return _encode(entry)


def configure(settings: ServiceSettings, stream: TextIO | None = None) -> None:
    """Send every logger of the process to one JSON stream (stdout) at the level of the settings."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter(settings.service, settings.service_version))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.captureWarnings(capture=True)
    # A record's thread and process are the same for every line of a one-process service.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
