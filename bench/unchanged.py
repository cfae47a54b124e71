"""`make up` of a shop that is up and has not changed."""

import re
import time

from bench.harness import Limit, Row, Sample, judged, make

RUNS = 5
LIMIT = Limit(must=45, aim=20, unit=" s")


def measure() -> list[Row]:
    """Run it several times, one after another."""
    make("up")
    seconds, printed = [], ""
    for _ in range(RUNS):
        began = time.monotonic()
        printed = make("up")
        seconds.append(time.monotonic() - began)
    sample = Sample(seconds)
    slow = [f"{title.strip()} {took} s" for title, took in re.findall(r"✓ (.+?) +(\d+)s\n", printed) if took != "0"]
    how = f"{RUNS} runs in a row; steps of a second or more in the last: {', '.join(slow) or 'none'}"
    return [judged("`make up`, nothing changed", sample.median, f"{sample} s", LIMIT, how)]
