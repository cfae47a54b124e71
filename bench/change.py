"""From a saved line of a service to the answer that has it: the frontend's page, through the edge."""

import secrets
import subprocess
import time
from dataclasses import dataclass

import httpx

from bench.harness import Limit, Row, Sample, judged, make
from local.paths import REPOSITORY
from local.stack import endpoints

RUNS = 5
LIMIT = Limit(must=30, aim=12, unit=" s")
FILE = REPOSITORY / "app" / "frontend" / "templates" / "base.html"
LINE = "<body>"
SURE = 30
"""Answers in a row that have the change, after `make up`, until it is believed to be everywhere."""


@dataclass(frozen=True)
class Times:
    """Seconds since the line was saved."""

    first: float
    """The first answer with the change."""
    last_old: float
    """The last answer without it."""
    up: float
    """The end of `make up`."""


def measure() -> list[Row]:
    """Change the line several times, each time to something new; the file and the shop are as before at the end."""
    original = FILE.read_text(encoding="utf-8")
    make("up")
    try:
        times = [_once(original, f'<body data-change="{secrets.token_hex(8)}">') for _ in range(RUNS)]
    finally:
        FILE.write_text(original, encoding="utf-8")
        make("up")
    first, last, up = (Sample([getattr(each, name) for each in times]) for name in ("first", "last_old", "up"))
    how = f"{RUNS} times: one line of the page's template replaced, `make up`, the edge asked for the page every 0.1 s"
    both = f"{first} s; last answer without it {last} s; `make up` ends {up} s"
    return [judged("one line changed in a service → served", first.median, both, LIMIT, how)]


def _once(original: str, changed: str) -> Times:
    url = endpoints()["frontend"]
    if original.count(LINE) != 1:
        msg = (
            f"{FILE} has {original.count(LINE)} lines {LINE}, one is required. Choose another line in bench/change.py."
        )
        raise RuntimeError(msg)
    FILE.write_text(original.replace(LINE, changed), encoding="utf-8")
    began = time.monotonic()
    first, last_old, ended, sure = 0.0, 0.0, 0.0, 0
    log = subprocess.DEVNULL
    with subprocess.Popen(["make", "up"], cwd=REPOSITORY, stdout=log, stderr=log) as up:
        while sure < SURE:
            new = changed in httpx.get(url).text
            now = time.monotonic() - began
            if new:
                first = first or now
            else:
                last_old = now
            if not ended and up.poll() is not None:
                ended = now
                if up.returncode != 0:
                    msg = "`make up` failed, so nothing can be measured. Run it to see why."
                    raise RuntimeError(msg)
            sure = sure + 1 if new and ended else 0
            time.sleep(0.1 if sure == 0 else 0)
    return Times(first, last_old, ended)
