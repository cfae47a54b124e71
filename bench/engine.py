"""`pulumi preview` of the program against a flat one: the same resources one below the other, without components.

The flat program and its state are made from the stack's own state, with a backend of their own; it is only previewed.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import flat
from bench.harness import Limit, Row, interleaved, judged, ratios
from local.paths import REPOSITORY
from local.stack import CONFIG_FILE, STACK, environment

ROUNDS = 7
LIMIT = Limit(must=1.3, aim=1.1, unit="x")
PREVIEW = ["pulumi", "preview", "--stack", STACK, "--non-interactive", "--expect-no-changes"]


def measure() -> list[Row]:
    """Preview both in turns, with the same engine, provider, cluster and Python."""
    mine = {**os.environ, **environment()}
    exported = json.loads(_run(["pulumi", "stack", "export", "--show-secrets", "--stack", STACK], REPOSITORY, mine))
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-bench-") as folder:
        home = Path(folder)
        theirs = mine | {"PULUMI_BACKEND_URL": home.as_uri()}
        program = home / "program"
        program.mkdir()
        resources = flat.custom(exported["deployment"]["resources"])
        (program / "__main__.py").write_text(flat.program(resources), encoding="utf-8")
        runtime = {"name": "python", "options": {"virtualenv": str(REPOSITORY / ".venv")}}
        (program / "Pulumi.yaml").write_text(json.dumps({"name": "a-tu-mano", "runtime": runtime}), encoding="utf-8")
        _run(["pulumi", "stack", "init", STACK], program, theirs)
        state = home / "state.json"
        state.write_text(json.dumps(flat.state(exported)), encoding="utf-8")
        _run(["pulumi", "stack", "import", "--stack", STACK, "--file", str(state)], program, theirs)
        ours = _seconds([*PREVIEW, "--config-file", str(CONFIG_FILE)], REPOSITORY, mine)
        other = _seconds(PREVIEW, program, theirs)
        ours(), other()
        components, plain = interleaved(ROUNDS, ours, other)
    ratio = ratios(components, plain)
    measured = f"{ratio}x; {components} s against {plain} s"
    how = f"{ROUNDS} interleaved rounds; {len(resources)} resources, the flat program made from the stack's state"
    return [judged("engine: `pulumi preview` against a flat program", ratio.median, measured, LIMIT, how)]


def _seconds(command: list[str], where: Path, env: dict[str, str]) -> Callable[[], float]:
    def measure() -> float:
        began = time.monotonic()
        _run(command, where, env)
        return time.monotonic() - began

    return measure


def _run(command: list[str], where: Path, env: dict[str, Any]) -> str:
    done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"`{' '.join(command[:3])}` failed: {(done.stderr.strip() or done.stdout.strip())[-2000:]}"
        raise RuntimeError(msg)
    return done.stdout
