"""What a service more costs a preview: time and memory from 4 to 200 services, against a flat program of the same."""

import copy
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from bench import cloud
from bench.cloud import STACK, Place
from bench.harness import Limit, Row, judged, say, short
from bench.usage import Usage

SIZES: Final = (4, 50, 100, 200)
LIMIT: Final = Limit(must=1.2, aim=1.0, unit="x")
STRAIGHT: Final = 0.99
"""Coefficient of determination from which on points are called a line."""
_SERVICES: Final = "a-tu-mano:services"
_COPIED: Final = "products"


def measure() -> list[Row]:
    """Preview both at each size, one after the other, after one that is not counted."""
    ours: list[Usage] = []
    flat: list[Usage] = []
    numbers = []
    with cloud.place() as where:
        for size in SIZES:
            mine, theirs, number = _previews(where, size)
            numbers.append(number)
            ours.append(mine())
            flat.append(theirs())
            say(f"  {size} services: {ours[-1].seconds:.1f} s against {flat[-1].seconds:.1f} s")
    sizes = f"{', '.join(map(str, SIZES))} services ({numbers[0]} to {numbers[-1]} resources)"
    figures: dict[str, Callable[[Usage], float]] = {
        "time in s": lambda usage: usage.seconds,
        "memory of the program in MiB": lambda usage: usage.kinds["program"].memory,
        "memory of program and engine in MiB": lambda usage: sum(
            usage.kinds[kind].memory for kind in ("program", "engine")
        ),
    }
    return [
        _row(what, sizes, [value(each) for each in ours], [value(each) for each in flat])
        for what, value in figures.items()
    ]


def settings(size: int) -> dict[str, Any]:
    """Settings of the stack with copies of one service until there are `size`."""
    config = cloud.settings()
    services = config[_SERVICES]
    for number in range(size - len(services)):
        name = f"{_COPIED}-{number + 1}"
        services[name] = copy.deepcopy(services[_COPIED]) | {"path": f"/{name}"}
    return config


def _previews(where: Place, size: int) -> tuple[Callable[[], Usage], Callable[[], Usage], int]:
    name = f"{STACK}-{size}"
    ours = where.ours(name, settings(size))
    # Making the flat program previews ours once.
    flat, number = where.flat(name)
    return ours, flat, number


def _row(what: str, sizes: str, ours: Sequence[float], flat: Sequence[float]) -> Row:
    mine, theirs = (statistics.linear_regression(SIZES, each).slope for each in (ours, flat))
    straight, other = (statistics.correlation(SIZES, each) ** 2 for each in (ours, flat))
    linear = straight >= STRAIGHT
    values = ", ".join(f"{short(one)} against {short(another)}" for one, another in zip(ours, flat, strict=True))
    measured = (
        f"{short(mine / theirs)}x; {short(mine)} against {short(theirs)} a service; "
        f"{'linear' if linear else 'NOT LINEAR'} (R² {straight:.4f}, the flat program's {other:.4f}): {values}"
    )
    how = f"{sizes}, once each after a preview that is not counted; slopes by least squares"
    row = judged(f"preview from 4 to 200 services: {what}", mine / theirs, measured, LIMIT, how)
    # A slope says nothing of what is no line.
    return row if linear else replace(row, verdict="MISSED")
