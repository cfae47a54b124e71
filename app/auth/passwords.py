"""Password hashing that cannot exhaust a small pod: Argon2id at OWASP's 19 MiB, two at a time, in threads."""

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.shared.errors import Unavailable

T = TypeVar("T")

_M_MMAP_THRESHOLD = -3

AT_ONCE = 2
MOST_WAITING = 50


class Passwords:
    """Hashes and verifies. More than `MOST_WAITING` callers at a time raise `Unavailable`."""

    def __init__(self) -> None:
        _give_memory_back()
        self._hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._inside = 0
        # Verified against when the account is unknown, so that the answer takes as long as for a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The encoded hash, parameters and salt included."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def verify(self, password: str, known: str | None) -> tuple[bool, str | None]:
        """Whether the password matches, and a new hash when the stored one has other parameters.

        `known` is None for an unknown account: never a match, at the same cost.
        """
        try:
            matches, renewed = await self._in_turn(
                lambda: self._hasher.verify_and_update(password, known or self._nobody)
            )
        except UnknownHashError:
            return False, None
        return (matches, renewed) if known else (False, None)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._inside >= MOST_WAITING:
            msg = "Too many people are signing in at this moment. Try again."
            raise Unavailable(msg, retry_after=5)
        self._inside += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._inside -= 1


def _give_memory_back() -> None:
    # glibc learns from the first freed 19 MiB to keep such blocks for itself: a quarter of an idle pod's memory.
    # Fixing the threshold at 1 MiB makes it return them. Other C libraries have no such function, nor the habit.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)
