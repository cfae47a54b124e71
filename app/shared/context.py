"""What is known of the request being served, for logs, errors and outgoing calls: W3C trace ids without an SDK."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from random import Random, SystemRandom

_TRACEPARENT = re.compile(rb"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._~-]{8,64}$")
# A generator of our own: nobody else's seed can make ids repeat.
_getrandbits = Random().getrandbits  # noqa: S311 - ids are unique, not secret
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request: hexadecimal trace and span ids (32 and 16 characters), its id, and the header the edge wrote.

    `forwarded_for` is handed on unchanged to the services called, so that they count from the same end of it.
    """

    trace_id: str
    span_id: str
    sampled: bool
    request_id: str
    forwarded_for: str = ""

    @property
    def traceparent(self) -> str:
        """The W3C header that makes the called service's work part of this trace."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


OUTSIDE = RequestContext(_NO_TRACE, _NO_SPAN, sampled=False, request_id="-")
_current: ContextVar[RequestContext] = ContextVar("request_context", default=OUTSIDE)

current = _current.get
"""The context of the request being served; all zeros outside one."""
enter = _current.set
leave = _current.reset


def begin(traceparent: bytes = b"", request_id: bytes = b"", forwarded_for: bytes = b"") -> RequestContext:
    """A context that continues the caller's trace, or begins one; malformed header values are as good as none."""
    match = _TRACEPARENT.match(traceparent) if traceparent else None
    span = f"{_getrandbits(64) or 1:016x}"
    trace, sampled = f"{_getrandbits(128) or 1:032x}", False
    if match and match[1] != _NO_TRACE.encode() and match[2] != _NO_SPAN.encode():
        trace, sampled = match[1].decode(), bool(int(match[3], 16) & 1)
    named = request_id.decode() if _REQUEST_ID.match(request_id) else span
    return RequestContext(trace, span, sampled, named, forwarded_for.decode("latin-1"))


def background() -> RequestContext:
    """A fresh context for work that no request asked for, such as a recovery loop: `enter` it first."""
    return begin(request_id=f"task-{SystemRandom().getrandbits(48):012x}".encode())
