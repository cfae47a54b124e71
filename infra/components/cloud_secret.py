"""Secrets that `make bootstrap` keeps in the state project, as a program reads them.

Owns: nothing; it asks. What can be wrong with a secret is told in one sentence with the command that mends it.

It asks by the engine's own provider and not by `Project.provider`: a first preview asks too, and a project that is not
there yet can't be charged for it.
"""

from typing import Final

import pulumi
from pulumi_gcp.secretmanager import GetSecretVersionResult, get_secret_version

from infra.state import State

APIS: Final[tuple[str, ...]] = ("secretmanager.googleapis.com",)


def value(state: State, name: str, stack: str) -> pulumi.Output[str]:
    """Payload of the newest version of a secret; secret to the engine.

    Raises:
        pulumi.RunError: it can't be read; the engine shows the sentence without a traceback.
    """
    return pulumi.Output.secret(_asked(state, name, stack, payload=True).secret_data)


def version(state: State, name: str, stack: str) -> str:
    """Name of the newest version, e.g. "projects/…/secrets/bitbucket-read/versions/2"; its payload is not asked for.

    It takes `roles/secretmanager.viewer` on the secret, which shows no payload to anybody.

    Raises:
        pulumi.RunError: it can't be read.
    """
    # Of the parts and not of its name, which has the project's number: the one form is as good, and not known before.
    return f"{state.secret(name)}/versions/{_asked(state, name, stack, payload=False).version}"


def _asked(state: State, name: str, stack: str, *, payload: bool) -> GetSecretVersionResult:
    try:
        # Waited for: of an answer that comes later, the engine would show the failure itself, with a traceback.
        return get_secret_version(project=state.project, secret=name, fetch_secret_data=payload)
    except Exception as error:
        msg = (
            f"{state.secret(name)}: can't be read ({error}). An enabled version of it and the right to read "
            f"it are required. Run `make bootstrap STACK={stack}`."
        )
        raise pulumi.RunError(msg) from None
