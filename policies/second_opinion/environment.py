"""checkov's own Python environment in the cache, made from its lock the first time it is needed.

Its requirements clash with the project's, so it is never imported here: `runner.py` runs in that environment. Once it
is made, nothing of it needs a network.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from local.paths import CACHE, REPOSITORY, VENV
from local.steps import Log, Step, StepFailedError, run
from policies.second_opinion.errors import OpinionError

LOCK: Final = REPOSITORY / "requirements" / "checkov.lock"
HOME: Final = CACHE / "second-opinion"
"""The environment, and what checkov found in files that have not changed."""
PYTHON: Final = HOME / "environment" / "bin" / "python"
_STAMP: Final = HOME / "stamp"


def digest() -> str:
    """Of all that decides what the environment is: the lock, the Python, and how it is made."""
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode() + Path(__file__).read_bytes()).hexdigest()


def is_current() -> bool:
    """Whether it is there and as the lock says."""
    return PYTHON.exists() and _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == digest()


def ensure() -> Path:
    """Make it unless it is there, telling how far it is; its Python.

    Raises:
        OpinionError: It can't be made; the message names the log.
    """
    if is_current():
        return PYTHON
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Whoever comes second finds it made.
        if not is_current():
            _make()
    return PYTHON


def _make() -> None:
    hint = "Look whether this machine reaches its package index, as `make setup` does, and run the same command again."
    try:
        run([Step(name="environment", title="Environment of checkov", action=make, hint=hint)], HOME / "logs")
    except SystemExit:
        msg = f"checkov's environment could not be made: {HOME / 'logs' / 'environment.log'} says why. {hint}"
        raise OpinionError(msg) from None


def make(log: Log) -> None:
    """Install what the lock names, every package checked against its hash, compiled so that each run starts fast.

    Raises:
        StepFailedError: A package could not be had.
    """
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        msg = f"{uv} was not found; it is required to install checkov. Run: make setup"
        raise StepFailedError(msg)
    _STAMP.unlink(missing_ok=True)
    folder = PYTHON.parent.parent
    shutil.rmtree(folder, ignore_errors=True)
    log.run([sys.executable, "-m", "venv", "--without-pip", folder])
    index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
    log.run(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", LOCK],
        env={"VIRTUAL_ENV": str(folder), **index},
    )
    _STAMP.write_text(digest(), encoding="utf-8")
