"""`make rehearse STACK=dev` from nothing to gone, tools and images already built. No other rehearsal may be up."""

import os
import re
import subprocess
import tempfile
import time
from typing import Final

from bench.harness import Limit, Row, judged
from local.paths import REPOSITORY

LIMIT: Final = Limit(must=360, aim=180, unit=" s")
_STEP: Final = re.compile(r"✓ (.+?) +(\d+)s\n")


def measure() -> list[Row]:
    """Rehearse once, in a state of its own; what it takes is the steps' own clock."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-bench-") as folder:
        done = subprocess.run(
            ["make", "rehearse", "STACK=dev"],
            cwd=REPOSITORY,
            env={**os.environ, "A_TU_MANO_REHEARSAL_STATE": f"{folder}/state"},
            capture_output=True,
            text=True,
            check=False,
        )
    seconds = time.monotonic() - began
    if done.returncode != 0:
        msg = f"`make rehearse STACK=dev` failed, so nothing can be measured:\n{(done.stdout + done.stderr)[-3000:]}"
        raise RuntimeError(msg)
    steps = [f"{title.strip()} {took}" for title, took in _STEP.findall(done.stdout) if took != "0"]
    how = f"once; seconds of each step of a second or more: {'; '.join(steps)}"
    return [judged("full rehearsal of `dev`, tools and images warm", seconds, f"{seconds:.0f} s", LIMIT, how)]
