"""A Bitbucket that takes reports as Atlassian documents it, and refuses what is over its limits.

Source: developer.atlassian.com/cloud/bitbucket/rest/api-group-reports; the summary's limit as its users met it.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-of-a-test"
PATH = re.compile(r"/2\.0/repositories/(example)/(shop)/commit/([0-9a-f]{40})/reports/([\w-]+)(/annotations)?")
REPORT = {"title": str, "details": str, "report_type": str, "reporter": str, "result": str, "data": list}
ANNOTATION = {
    "external_id": str, "annotation_type": str, "severity": str, "result": str, "summary": str, "details": str,
    "path": str, "line": int,
}  # fmt: skip
VALUES = {
    "report_type": {"SECURITY", "COVERAGE", "TEST", "BUG"},
    "annotation_type": {"VULNERABILITY", "CODE_SMELL", "BUG"},
    "severity": {"CRITICAL", "HIGH", "MEDIUM", "LOW"},
}


@dataclass
class Bitbucket:
    """What it has taken, and how often it was asked."""

    url: str = ""
    reports: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    annotations: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    answer_with: int | None = None
    """Status of every answer, for a test of it."""

    def put(self, key: tuple[str, str], body: Any) -> str | None:
        """Take a report; what is wrong with it."""
        if wrong := _wrong(body, REPORT, {**VALUES, "result": {"PASSED", "FAILED", "PENDING"}}):
            return wrong
        if len(body["data"]) > 10:
            return "more than 10 data"
        for one in body["data"]:
            if set(one) != {"title", "type", "value"} or one["type"] not in {"NUMBER", "TEXT", "PERCENTAGE", "BOOLEAN"}:
                return f"data {one}"
        self.reports[key] = body
        self.annotations.setdefault(key, {})
        return None

    def post(self, key: tuple[str, str], body: Any) -> str | None:
        """Take annotations; what is wrong with them."""
        if key not in self.reports:
            return "no report"
        if not 1 <= len(body) <= 100:
            return f"{len(body)} annotations in a request"
        for one in body:
            if wrong := self._wrong_annotation(one, key):
                return wrong
            self.annotations[key][one["external_id"]] = one
        return None if len(self.annotations[key]) <= 1000 else "more than 1000 annotations"

    def _wrong_annotation(self, one: Any, key: tuple[str, str]) -> str | None:
        if wrong := _wrong(one, ANNOTATION, {**VALUES, "result": {"PASSED", "FAILED", "IGNORED", "SKIPPED"}}):
            return wrong
        if not 1 <= len(one["summary"]) <= 450:
            return "report-service.general.bad-request"
        if one.get("line", 1) < 1 or one.get("path", "x").startswith("/"):
            return "no such line"
        return f"{one['external_id']} is there" if one["external_id"] in self.annotations[key] else None


def _wrong(body: Any, types: Mapping[str, type], values: dict[str, set[str]]) -> str | None:
    for key, value in body.items():
        if key not in types or not isinstance(value, types[key]) or (key in values and value not in values[key]):
            return f"{key}: {value!r}"
    required = ("title", "details") if types is REPORT else ("external_id", "annotation_type", "summary")
    return next((f"{key} is required" for key in required if not body.get(key)), None)


@contextmanager
def serving() -> Iterator[Bitbucket]:
    """One, on a free port."""
    bitbucket = Bitbucket()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self, status: int, text: str = "") -> None:
            body = json.dumps({"error": {"message": text}}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _asked(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            found = PATH.fullmatch(self.path)
            bitbucket.requests.append(f"{self.command} {self.path}")
            if bitbucket.answer_with is not None:
                self._answer(bitbucket.answer_with, "as told")
            elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._answer(401, "Token is invalid")
            elif found is None:
                self._answer(404, "no such repository")
            else:
                self._reports((found[3], found[4]), body, annotations=bool(found[5]))

        def _reports(self, key: tuple[str, str], body: Any, *, annotations: bool) -> None:
            if self.command == "DELETE":
                there = bitbucket.reports.pop(key, None)
                bitbucket.annotations.pop(key, None)
                self._answer(204 if there else 404)
                return
            wrong = (bitbucket.post if annotations else bitbucket.put)(key, body)
            self._answer(400 if wrong else 200, wrong or "")

        do_PUT = do_POST = do_DELETE = _asked

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    bitbucket.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield bitbucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
