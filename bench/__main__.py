"""`python -m bench [NAME…]`: measures all, or what is named, and writes docs/benchmarks.md. The shop must be up."""

import sys
from collections.abc import Callable, Sequence

from bench import change, cloud, engine, gate, harness, memory, orders, page, rehearsal, report, services, unchanged
from bench.harness import Row

MEASUREMENTS: dict[str, Callable[[], list[Row]]] = {
    # Memory first: what is measured after it makes pods busy.
    "memory": memory.measure,
    "page": page.measure,
    "engine": engine.measure,
    "unchanged": unchanged.measure,
    "orders": orders.measure,
    "change": change.measure,
    # These need no shop that is up.
    "cloud": cloud.measure,
    "gate": gate.measure,
    "services": services.measure,
    "rehearsal": rehearsal.measure,
    "report": report.measure,
}


def main(names: Sequence[str]) -> int:
    """Measure; returns the exit code."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        harness.say(f"There is no measurement {unknown[0]!r}. Name some of: {', '.join(MEASUREMENTS)}.")
        return 2
    for name in names or MEASUREMENTS:
        harness.say(f"{name} …")
        rows = MEASUREMENTS[name]()
        for row in rows:
            harness.say(f"  {row.what}: {row.measured} ({row.verdict})")
        harness.record(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
