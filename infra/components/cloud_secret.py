"""Secrets that `make bootstrap` keeps in the state project, as a program reads them.

Owns: nothing; it asks. What can be wrong with a secret is told in one sentence with the command that mends it.

It asks by the engine's own provider and not by `Project.provider`: a first preview asks too, and a project that is not
there yet can't be charged for it.
"""

from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi_gcp.secretmanager import get_secret_version_output

from infra.state import State

if TYPE_CHECKING:
    from pulumi_gcp.secretmanager import GetSecretVersionResult

    Versions = pulumi.Output[GetSecretVersionResult]

APIS: Final[tuple[str, ...]] = ("secretmanager.googleapis.com",)


def value(state: State, name: str, stack: str) -> pulumi.Output[str]:
    """Payload of the newest version of a secret; secret to the engine."""
    found = get_secret_version_output(project=state.project, secret=name)
    return pulumi.Output.secret(_told(found, state, name, stack).apply(lambda version: version.secret_data))


def version(state: State, name: str, stack: str) -> pulumi.Output[str]:
    """Name of the newest version, e.g. "projects/…/secrets/bitbucket-read/versions/2"; its payload is not asked for.

    It takes `roles/secretmanager.viewer` on the secret, which shows no payload to anybody.
    """
    found = get_secret_version_output(project=state.project, secret=name, fetch_secret_data=False)
    # Of the parts and not of its name, which has the project's number: the one form is as good, and not known before.
    return _told(found, state, name, stack).apply(lambda known: f"{state.secret(name)}/versions/{known.version}")


def _told(found: "Versions", state: State, name: str, stack: str) -> "Versions":
    async def told() -> Any:
        try:
            await found.future()
        except Exception as error:
            msg = (
                f"{state.secret(name)}: can't be read ({error}). An enabled version of it and the right to read "
                f"it are required. Run `make bootstrap STACK={stack}`."
            )
            # The engine shows a RunError without a traceback.
            raise pulumi.RunError(msg) from None
        return found

    return pulumi.Output.from_input(told())
