"""Background work of a service: what must happen once before it is ready, and what happens again and again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from random import uniform
from typing import Any

from app.shared import context, metrics

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run the coroutines beside the body; at its end they are cancelled and awaited."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def attempt(name: str, step: Step) -> bool:
    """One round of a step, in a trace of its own: False, a log line and a count when it fails."""
    token = context.enter(context.background())
    try:
        await step()
    except Exception:
        metrics.BACKGROUND_FAILURES.labels(name).inc()
        log.exception("%s failed", name, extra={"task": name})
        return False
    finally:
        context.leave(token)
    return True


async def until_success(name: str, step: Step, *, first: float = 0.2, longest: float = 5.0) -> None:
    """Repeat a step until it succeeds; the pause doubles from `first` to `longest` seconds."""
    pause = first
    while not await attempt(name, step):
        await asyncio.sleep(pause)
        pause = min(longest, pause * 2)


async def every(seconds: float, name: str, step: Step) -> None:
    """Repeat a step for ever with a pause of `seconds` ± 20 %, so that replicas do not act in step."""
    while True:
        await attempt(name, step)
        await asyncio.sleep(seconds * uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing
