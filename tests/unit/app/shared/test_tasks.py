"""Background work."""

import asyncio

import pytest

from app.shared import tasks
from app.shared.context import OUTSIDE, current

pytestmark = pytest.mark.anyio


async def test_a_step_is_repeated_until_it_succeeds_each_time_in_a_trace_of_its_own() -> None:
    traces: list[str] = []

    async def step() -> None:
        traces.append(current().trace_id)
        if len(traces) < 3:
            msg = "not yet"
            raise RuntimeError(msg)

    await tasks.until_success("test", step, first=0.001)
    assert len(set(traces)) == 3
    assert current() is OUTSIDE


async def test_a_failing_round_does_not_end_the_repetition() -> None:
    done, rounds = asyncio.Event(), 0

    async def step() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            done.set()
        msg = "always"
        raise RuntimeError(msg)

    async with tasks.running(tasks.every(0.001, "test", step)), asyncio.timeout(5):
        await done.wait()
    assert rounds >= 3


async def test_work_ends_with_the_block_even_when_that_fails() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def body() -> None:
        async with tasks.running(work()):
            await asyncio.sleep(0)
            msg = "the body failed"
            raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="the body failed"):
        await body()
    assert ended.is_set()


async def test_work_that_loses_its_first_cancellation_ends_all_the_same() -> None:
    cancellations = 0

    async def deaf() -> None:
        nonlocal cancellations
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancellations += 1
                if cancellations == 2:
                    raise

    async with asyncio.timeout(5), tasks.running(deaf()):
        await asyncio.sleep(0)
    assert cancellations == 2
