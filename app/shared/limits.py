"""Rate limits inside one pod, and whose allowance a request uses. A limit over all pods belongs to the edge."""

import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request

from app.shared.errors import TooManyRequests


class RateLimiter:
    """A token bucket per key: `burst` at once, then `per_minute`; the `most` recently used keys are remembered."""

    def __init__(
        self, *, per_minute: float, burst: int, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Use one of the key's allowance; raises `TooManyRequests` with the seconds to wait when there is none."""
        now = self._clock()
        left, at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = (1 - left) / self._rate
            msg = f"Too many attempts. Wait {max(1, round(wait))} seconds and try again."
            raise TooManyRequests(msg, retry_after=wait)


def client_address(request: Request, hops: int) -> str:
    """The address the outermost of our `hops` proxies saw: earlier entries of the header are the client's own words.

    A request straight from a pod of ours has no such header; then it is the peer's address.
    """
    entries = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if entries:
        return entries[-min(hops, len(entries))]
    return request.client.host if request.client else "unknown"
