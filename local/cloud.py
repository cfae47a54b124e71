"""A stack with a GCP project of its own, as this machine works on it: `python -m local.cloud COMMAND STACK`.

| command | does |
|---|---|
| `up` | bootstrap, images, and `pulumi up` behind the replacement guard; REPLACE=NAME lets one guarded resource go |
| `preview` | shows what `up` would do; 1 if the guard refuses it |
| `down` | removes all of it; UNPROTECT=yes lifts the protection first |
| `drift` | compares the cloud with the state and changes neither: JSON; 1 if they differ |
| `pulumi ARGS…` | runs the Pulumi CLI on the stack |
| `env` | prints the environment for running `pulumi` by hand, as shell lines |
| `endpoints` | prints where each service is, as one JSON object |
| `images` | builds the images, pushes them to the stack's registry, writes their digests |
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra import settings_checks, settings_file, state
from infra.errors import ATuManoError, SettingsError
from infra.naming import Naming
from infra.settings import load_settings
from infra.settings_models import StackSettings
from local import operations
from local.operations import complain, say
from local.paths import REPOSITORY, STATE
from local.workspace import StackError, Workspace, common_environment, engine_path

AUTH_PLUGIN = REPOSITORY / "infra" / "bin"
"""Folder of our `gke-gcloud-auth-plugin`, for machines without Google's."""


def workspace(stack: str, *, protect: bool = True) -> Workspace:
    """The stack as its settings describe it; its state is in the bucket that `make bootstrap` made.

    Args:
        stack: Its name, e.g. "dev".
        protect: False to run the program with `gcp.protect: false`, whatever the file says.

    Raises:
        SettingsError: What is wrong with the settings, or that the stack has no GCP project.
    """
    settings = load_settings(stack)
    if settings.gcp is None:
        msg = f"The stack {stack!r} has no GCP project, it is of this machine: leave STACK out."
        raise StackError(msg)
    if settings.gcp.rehearsal:
        msg = f"gcp.rehearsal of {stack!r} is true, which only `make rehearse` may say. Remove it."
        raise StackError(msg)
    where = state.of(Naming(prefix=settings.prefix, stack=stack), settings.gcp)
    folder = STATE.with_name(f"{STATE.name}-{stack}")
    return Workspace(
        stack=stack,
        folder=folder,
        config=lambda: config(stack, protect=protect),
        environment={
            **common_environment(),
            "PATH": engine_path(last=[AUTH_PLUGIN]),
            "PULUMI_BACKEND_URL": where.backend_url,
            # The project is made here: the provider that makes it has none, and would warn of that in every run.
            "PULUMI_GCP_DISABLE_GLOBAL_PROJECT_WARNING": "true",
            "A_TU_MANO_IMAGES": os.environ.get("A_TU_MANO_IMAGES") or str(folder / "images.json"),
        },
        secrets_provider=where.secrets_provider,
        start=f"make up STACK={stack}",
    )


def config(stack: str, *, protect: bool) -> dict[str, Any]:
    """What the engine is given: the stack's file, its protection lifted if that was asked for."""
    where = settings_file.name_of(stack)
    values: dict[str, Any] = settings_file.read(REPOSITORY / where, where)
    if not protect:
        values["a-tu-mano:gcp"]["protect"] = False
    return values


def command(name: str, stack: Workspace, rest: Sequence[str], variables: Mapping[str, str]) -> int:
    """Do what `make` was asked for on a stack, real or rehearsed; returns the exit code.

    Raises:
        StackError: The stack can't be worked on.
    """
    commands: dict[str, Callable[[], int]] = {
        "preview": lambda: operations.preview(stack),
        "down": lambda: operations.down(stack, unprotect=variables.get("UNPROTECT") == "yes"),
        "drift": lambda: _drift(stack),
        "pulumi": lambda: stack.pulumi(rest),
        "env": lambda: _env(stack),
        "endpoints": lambda: _endpoints(stack),
        "images": lambda: _images(stack),
    }
    if name not in commands:
        complain(str(__doc__))
        return 2
    if name not in {"env", "down"}:
        stack.init()
    return commands[name]()


def _drift(stack: Workspace) -> int:
    found = operations.drift(stack)
    say(json.dumps(found, indent=1))
    return 1 if found["drifted"] else 0


def _env(stack: Workspace) -> int:
    for name, value in stack.environment.items():
        say(f"export {name}={value!r}")
    return 0


def _endpoints(stack: Workspace) -> int:
    found = stack.outputs().get("endpoints")
    if not found:
        msg = f"The stack {stack.stack!r} has no output `endpoints`: it is not up. Run `{stack.start}`."
        raise StackError(msg)
    say(json.dumps(found))
    return 0


def _images(stack: Workspace) -> int:
    from local import images  # noqa: PLC0415 - as in `_up`

    images.make(f"registry:{stack.outputs()['registry']}", stack.stack, Path(stack.environment["A_TU_MANO_IMAGES"]))
    return 0


def _up(stack: str, settings: StackSettings, variables: Mapping[str, str]) -> int:
    """Bootstrap, then everything that needs no images, then the images, then the rest."""
    from local import bootstrap, images  # noqa: PLC0415 - buildah and the SDK, which other commands need not load

    work = workspace(stack)
    if problems := list(settings_checks.not_yet(settings, stack, settings_file.name_of(stack))):
        raise SettingsError(problems)
    code = bootstrap.ensure(stack, settings, work.environment)
    if code:
        return code
    work.init()
    if not os.environ.get("A_TU_MANO_IMAGES"):
        if "registry" not in work.outputs() and (code := operations.up(operations.without_images(work))):
            return code
        images.make(f"registry:{work.outputs()['registry']}", stack, Path(work.environment["A_TU_MANO_IMAGES"]))
    return operations.up(work, may_go=replaceable(variables))


def replaceable(variables: Mapping[str, str]) -> list[str]:
    """Logical names that REPLACE lists."""
    return [name for name in variables.get("REPLACE", "").split(",") if name]


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    if len(arguments) < 2:  # noqa: PLR2004 - a command and a stack
        complain(str(__doc__))
        return 2
    name, stack, *rest = arguments
    try:
        if name == "up":
            return _up(stack, load_settings(stack), os.environ)
        lifted = name == "down" and os.environ.get("UNPROTECT") == "yes"
        return command(name, workspace(stack, protect=not lifted), rest, os.environ)
    except (StackError, ATuManoError) as error:
        complain(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
