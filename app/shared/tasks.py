"""Background work of a service: what must happen once before it is ready, and what happens again and again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from random import uniform
from typing import Any

from app.shared import context, metrics

log = logging.getLogger(__name__)

CANCEL_SECONDS = 0.5

Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run the coroutines beside the body; at its end they are cancelled and awaited."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        # Again and again: `asyncio.wait_for`, which the driver uses, can lose a cancellation before Python 3.12.
        while left := [task for task in tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=CANCEL_SECONDS)
        for task in tasks:
            if not task.cancelled():
                task.result()


async def attempt(name: str, step: Step, *, known: bool = False) -> bool:
    """One round of a step, in a trace of its own: False, a log line and a count when it fails.

    A `known` failure, repeated from a round before, is logged without its traceback.
    """
    token = context.enter(context.background())
    try:
        await step()
    except Exception as error:
        metrics.BACKGROUND_FAILURES.labels(name).inc()
        told = {"task": name, "error": f"{type(error).__name__}: {error}"}
        log.warning("%s failed", name, extra=told, exc_info=None if known else error)
        return False
    finally:
        context.leave(token)
    return True


async def until_success(name: str, step: Step, *, first: float = 0.2, longest: float = 5.0) -> None:
    """Repeat a step until it succeeds; the pause doubles from `first` to `longest` seconds."""
    pause, known = first, False
    while not await attempt(name, step, known=known):
        known = True
        await asyncio.sleep(pause)
        pause = min(longest, pause * 2)


async def every(seconds: float, name: str, step: Step) -> None:
    """Repeat a step for ever with a pause of `seconds` ± 20 %, so that replicas do not act in step."""
    while True:
        await attempt(name, step)
        await asyncio.sleep(seconds * uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing
