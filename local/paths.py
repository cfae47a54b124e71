"""Where things are kept, in one place. Standard library only: `make up` reads this before the environment exists.

| what | default | variable |
|---|---|---|
| cache: built tools, base images; survives `make down` | `~/.cache/a-tu-mano` | `A_TU_MANO_CACHE` |
| state: cluster, Pulumi backend, logs; `make down` removes it | `~/.local/state/a-tu-mano` | `A_TU_MANO_STATE` |
"""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"


def _root(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default).resolve()


CACHE = _root("A_TU_MANO_CACHE", ".cache/a-tu-mano")
"""Built tools and base images; shared by every clone of this user."""
BIN = CACHE / "bin"
"""The built programs."""
PULUMI_HOME = CACHE / "pulumi"
"""The engine's home: plugins, never credentials of the user's own `~/.pulumi`."""
BYTECODE = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),
}
"""Variables with which a Python keeps what it compiled, also where the user's own environment forbids it.

The SDKs' modules that a stack needs take seconds to compile, and several processes of every run need them."""

STATE = _root("A_TU_MANO_STATE", ".local/state/a-tu-mano")
"""Everything one running shop owns; mode 0700."""
LOGS = STATE / "logs"
"""One file a step of `make up`."""
IMAGES = STATE / "images.json"
"""Image reference of each service, written by `make images`, read by the program."""
BACKEND = STATE / "pulumi"
"""The local Pulumi backend: the state of the stack `local`."""
PASSPHRASE = STATE / "passphrase"
"""Encrypts the secrets of that state; made once, mode 0600."""
KUBECONFIG = STATE / "cluster" / "kubeconfig"
"""Admin access to the project's own cluster; `~/.kube/config` is never touched."""


def private(folder: Path) -> Path:
    """Make `folder` (and its parents) with mode 0700 and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
