"""`make down`: nothing is left but the cache of built tools. Standard library only: the environment may be gone."""

import shutil
import subprocess
import sys

from local.paths import KUBECONFIG, REPOSITORY, STATE, VENV
from local.steps import alone

PYTHON = VENV / "bin" / "python"


def _module(*arguments: str) -> int:
    return subprocess.run([PYTHON, "-m", *arguments], cwd=REPOSITORY, check=False).returncode


def main() -> int:
    """Remove the shop, its cluster if it is the project's own, and all state; returns the exit code."""
    if not STATE.exists():
        _say("Nothing of the shop is on this machine.")
        return 0
    if not PYTHON.exists():
        _say("The environment .venv, which takes the cluster down, is gone. Run `make setup`, then `make down` again.")
        return 1
    lock = alone(STATE)  # noqa: F841 - held as long as this process lives
    named = STATE / "kubeconfig"
    if named.exists() and _module("local.stack", "destroy"):
        _say("The shop is still in the cluster you named; see above why. Mend that and run `make down` again.")
        return 1
    if (STATE / "cluster").exists() or KUBECONFIG.exists():
        code = _module("local.cluster", "down")
        if code:
            return code
    shutil.rmtree(STATE)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
