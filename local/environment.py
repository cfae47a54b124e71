"""The Python environment `.venv`, made from the locks; remade when they change. Standard library only."""

import hashlib
import os
import sys
from pathlib import Path

from local.paths import REPOSITORY, VENV
from local.steps import Log, StepFailedError

REQUIRED = (3, 11)
LOCKS = tuple(REPOSITORY / "requirements" / name for name in ("bootstrap.lock", "dev.lock"))
_STAMP = VENV / "a-tu-mano.json"


def is_current() -> bool:
    """Whether `.venv` is what the locks say, for this Python."""
    return _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == _wanted()


def make(log: Log) -> None:
    """Bring `.venv` to what the locks say, every package checked against its hash.

    Raises:
        StepFailedError: This Python is too old, or a package could not be had.
    """
    if sys.version_info < REQUIRED:
        found, required = sys.version.split()[0], ".".join(map(str, REQUIRED))
        msg = f"{sys.executable} is Python {found}; {required} or newer is required."
        raise StepFailedError(msg)
    if is_current():
        log.say("as the locks say")
        return
    bootstrap, dev = LOCKS
    if not (VENV / "bin" / "python").exists():
        log.run([sys.executable, "-m", "venv", VENV])
    log.run(
        [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", bootstrap]
    )
    # uv doesn't read pip's settings; a mirror named for pip is meant for it too.
    index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
    sync: list[str | Path] = [VENV / "bin" / "uv", "pip", "sync", "--quiet", "--require-hashes", bootstrap, dev]
    log.run(sync, env={"VIRTUAL_ENV": str(VENV), **index})
    # The engine runs the program in infra/, from where the repository's packages would not be found.
    packages = next((VENV / "lib").glob("python3.*")) / "site-packages"
    (packages / "a-tu-mano.pth").write_text(f"{REPOSITORY}\n", encoding="utf-8")
    _STAMP.write_text(_wanted(), encoding="utf-8")


def _wanted() -> str:
    digest = hashlib.sha256("".join(map(str, [*sys.version_info[:3], REPOSITORY])).encode())
    for lock in LOCKS:
        digest.update(Path(lock).read_bytes())
    return digest.hexdigest()
