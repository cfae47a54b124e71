"""The stack `local` as the Pulumi engine sees it: its environment, its backend, and the cluster it is for.

`python -m local.stack COMMAND` with:

| command | does |
|---|---|
| `use CONTEXT` | takes the user's own cluster of that kubeconfig context |
| `up` | makes backend, stack and the cluster's root secret where they are missing, and runs `pulumi up` |
| `destroy` | removes what the stack made in a cluster |
| `pulumi ARGS…` | runs the Pulumi CLI on this stack |
| `env` | prints the environment for running `pulumi` by hand, as shell lines |
| `endpoints` | prints the stack output `endpoints` as one JSON object |
| `summary` | prints where the shop is and what to do next |
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from infra import settings_file
from infra.errors import SettingsError
from infra.settings_models import CredentialSettings
from local.cluster.pki import write_private
from local.paths import BACKEND, IMAGES, KUBECONFIG, PASSPHRASE, REPOSITORY, STATE, private
from local.workspace import YES, StackError, Workspace, common_environment

STACK = "local"
EXTERNAL_KUBECONFIG = STATE / "kubeconfig"
"""Access to the cluster that the user named, if not the project's own: a copy with that as its current context."""
CONFIG_FILE = STATE / f"Pulumi.{STACK}.yaml"
"""The settings last used, with the salt of this machine's passphrase, which the committed file should not get."""
SALT = STATE / "encryptionsalt"


def kubeconfig() -> Path:
    """Access to the cluster that the stack is for: the one named at the last `make up`, or the project's own."""
    return EXTERNAL_KUBECONFIG if EXTERNAL_KUBECONFIG.exists() else KUBECONFIG


def environment() -> dict[str, str]:
    """What the Pulumi CLI is run with, added to this process's own environment."""
    return {
        **common_environment(),
        "PULUMI_BACKEND_URL": BACKEND.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(PASSPHRASE),
        "KUBECONFIG": str(kubeconfig()),
        "A_TU_MANO_IMAGES": str(IMAGES),
    }


def _workspace() -> Workspace:
    return Workspace(stack=STACK, folder=STATE, config=_config, environment=environment())


def use_context(context: str) -> None:
    """Take the user's own cluster: the context of that name in `$KUBECONFIG` or `~/.kube/config`, which stay untouched.

    Raises:
        StackError: There is no such file or no such context.
    """
    source = Path(os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    try:
        config = yaml.safe_load(source.read_text(encoding="utf-8")) or {}
    except OSError as error:
        msg = (
            f"CONTEXT is {context!r}, but the kubeconfig {source} can't be read: {error.strerror}. "
            "Set KUBECONFIG to its path."
        )
        raise StackError(msg) from error
    known = [entry["name"] for entry in config.get("contexts") or []]
    if context not in known:
        contexts = ", ".join(known) or "(none)"
        msg = f"CONTEXT is {context!r}, but {source} has only the contexts {contexts}. Name one of them."
        raise StackError(msg)
    if EXTERNAL_KUBECONFIG.exists():
        earlier = yaml.safe_load(EXTERNAL_KUBECONFIG.read_text(encoding="utf-8"))["current-context"]
        if earlier != context:
            msg = f"CONTEXT is {context!r}, but the shop is in {earlier!r}. Run `make down` first."
            raise StackError(msg)
    config["current-context"] = context
    for entry in [*config["clusters"], *config["users"]]:
        body = entry.get("cluster") or entry.get("user") or {}
        for key in ("certificate-authority", "client-certificate", "client-key"):
            if key in body:
                body[key] = str(source.parent / body[key])
    private(STATE)
    EXTERNAL_KUBECONFIG.write_text(yaml.safe_dump(config), encoding="utf-8")
    EXTERNAL_KUBECONFIG.chmod(0o600)


def init() -> None:
    """Make what the first `pulumi up` needs and later ones keep: passphrase, backend, stack, root secret."""
    private(STATE)
    private(BACKEND)
    if not PASSPHRASE.exists():
        write_private(PASSPHRASE, secrets.token_urlsafe(32).encode())
    if not SALT.exists():
        # Without its salt a stack was never brought up: what an interrupted run left of it holds nothing.
        shutil.rmtree(BACKEND)
        private(BACKEND)
    _workspace().init()
    from local import root_secret  # noqa: PLC0415 - takes half a second, which `endpoints` need not pay

    root_secret.ensure(kubeconfig(), _credentials())


def up() -> int:
    """Bring the stack to what the program declares; returns the engine's exit code."""
    init()
    _workspace().unlock()
    return pulumi(["up", *YES])


def destroy() -> int:
    """Remove all that `up` made in a cluster; returns the engine's exit code."""
    if not CONFIG_FILE.exists():
        return 0  # No `up` got so far as to make anything.
    _workspace().unlock()
    code = pulumi(["destroy", *YES])
    if code == 0:
        from local import root_secret  # noqa: PLC0415 - as in `init`

        root_secret.remove(kubeconfig(), _credentials())
    return code


def pulumi(arguments: Sequence[str]) -> int:
    """Run the Pulumi CLI on this stack, with its output shown; returns its exit code.

    Raises:
        StackError: The stack is not there.
        SettingsError: There is no file of settings.
    """
    return _workspace().pulumi(arguments)


def _config() -> dict[str, Any]:
    where = settings_file.name_of(STACK)
    config: dict[str, Any] = settings_file.read(REPOSITORY / where, where)
    # The port of the project's own forwarder; where another cluster is reached, only the settings know.
    if (port := os.environ.get("A_TU_MANO_EDGE_PORT")) and not EXTERNAL_KUBECONFIG.exists():
        config["a-tu-mano:edge"]["url"] = f"http://localhost:{port}"
    return config


def instance() -> str:
    """Label `app.kubernetes.io/instance` of what the stack has in its cluster, e.g. "atm-local"."""
    prefix = settings_file.read(CONFIG_FILE, str(CONFIG_FILE))["a-tu-mano:prefix"]
    return f"{prefix}-{STACK}"


def _credentials() -> CredentialSettings:
    config = settings_file.read(CONFIG_FILE, str(CONFIG_FILE))
    return CredentialSettings.model_validate(config.get("a-tu-mano:credentials") or {})


def outputs() -> dict[str, object]:
    """The stack's outputs.

    Raises:
        StackError: The stack is not there.
    """
    if not BACKEND.exists():
        msg = f"There is no stack {STACK!r} on this machine. Run `make up`."
        raise StackError(msg)
    return _workspace().outputs()


def endpoints() -> dict[str, str]:
    """Where each service is reached.

    Raises:
        StackError: The stack is not there or not up.
    """
    found = outputs().get("endpoints")
    if not isinstance(found, dict):
        msg = f"The stack {STACK!r} has no output `endpoints`: it is not up. Run `make up`."
        raise StackError(msg)
    return found


def summary() -> str:
    """A table of the endpoints, and the three commands that one needs next."""
    rows = [f"  {service:<12}{url}" for service, url in sorted(endpoints().items(), key=lambda e: e[0] != "frontend")]
    return "\n".join(
        [
            "",
            "The shop is up:",
            "",
            *rows,
            "",
            "  make status                 how every pod is",
            "  make logs SERVICE=orders    what a service says",
            "  make down                   remove all of it",
        ]
    )


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    match list(arguments):
        case ["use", context]:
            use_context(context)
        case ["up"]:
            return up()
        case ["destroy"]:
            return destroy()
        case ["pulumi", *rest]:
            return pulumi(rest)
        case ["env"]:
            for name, value in environment().items():
                _say(f"export {name}={value!r}")
        case ["endpoints"]:
            _say(json.dumps(endpoints()))
        case ["summary"]:
            _say(summary())
        case _:
            _say(str(__doc__))
            return 2
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (StackError, SettingsError) as error:
        sys.exit(str(error))
