"""Rate limits, and whose allowance is used."""

import pytest
from starlette.requests import Request

from app.shared.errors import TooManyRequests
from app.shared.limits import RateLimiter, client_address


class Clock:
    """A clock the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def spent(limiter: RateLimiter, key: str, tries: int) -> int:
    """How many of the tries were allowed."""
    allowed = 0
    for _ in range(tries):
        try:
            limiter.check(key)
        except TooManyRequests:
            continue
        allowed += 1
    return allowed


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    clock = Clock()
    limiter = RateLimiter(per_minute=60, burst=5, clock=clock)
    assert spent(limiter, "a", 20) == 5
    clock.now = 2.0
    assert spent(limiter, "a", 20) == 2
    clock.now = 1000.0
    assert spent(limiter, "a", 20) == 5


def test_keys_do_not_share_an_allowance() -> None:
    limiter = RateLimiter(per_minute=1, burst=1, clock=Clock())
    assert [spent(limiter, key, 3) for key in "ab"] == [1, 1]


def test_the_wait_is_told() -> None:
    limiter = RateLimiter(per_minute=6, burst=1, clock=Clock())
    limiter.check("a")
    with pytest.raises(TooManyRequests, match="Wait 10 seconds") as refused:
        limiter.check("a")
    assert refused.value.headers["Retry-After"] == "10"


def test_only_the_most_recent_keys_take_memory() -> None:
    limiter = RateLimiter(per_minute=1, burst=1, most=100, clock=Clock())
    for number in range(1000):
        limiter.check(str(number))
    assert len(limiter._buckets) == 100


def request(forwarded: str | None) -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded is not None else []
    return Request({"type": "http", "headers": headers, "client": ("10.0.0.9", 1)})


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        (None, 1, "10.0.0.9"),
        ("", 1, "10.0.0.9"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 35.191.0.1", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "203.0.113.7"),
    ],
)
def test_the_address_is_what_our_outermost_proxy_saw(forwarded: str | None, hops: int, address: str) -> None:
    assert client_address(request(forwarded), hops) == address
