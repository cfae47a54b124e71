"""What an interrupted run leaves, mended: creations that the cloud finished and the engine never heard of.

The engine drops such a creation and does it again, which the cloud refuses: the name is taken. Its own remedy is
`pulumi refresh --import-pending-creates`, which wants the id of each; ids follow from the inputs by the tables of
`local.gcp.services`. Kubernetes needs none of it: what is applied on the server's side may be applied again.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.gcp.kinds import look
from local.gcp.tables import tables
from local.workspace import StackError, Workspace

_PART: Final = re.compile(r"\{([^}]+)\}")


def import_id(token: str, inputs: Mapping[str, Any]) -> str | None:
    """Id that GCP gives a resource of these inputs; None where only GCP knows it, e.g. that of an alert policy."""
    kind = tables().kinds.get(token)
    if kind is None:
        return None
    parts = {path: look(inputs, path) for path in _PART.findall(kind.id)}
    if any(not isinstance(value, (str, int)) for value in parts.values()):
        return None
    return _PART.sub(lambda match: str(parts[match[1]]), kind.id)


def pending(workspace: Workspace) -> list[Mapping[str, Any]]:
    """Operations that the state says were begun and never ended."""
    return list(workspace.deployment().get("pending_operations") or [])


def heal(workspace: Workspace) -> list[str]:
    """Take over what was created unseen; returns the names of the resources that were looked for.

    Raises:
        StackError: The engine could not ask the cloud.
    """
    begun = [operation["resource"] for operation in pending(workspace) if operation["type"] == "creating"]
    found = dict(_ids(begun))
    if not found:
        return []
    arguments = ["refresh", "--yes", "--skip-preview", "--color", "never"]
    for urn, identity in found.items():
        arguments += ["--import-pending-creates", urn, "--import-pending-creates", identity, "--target", urn]
    done = workspace.run(workspace.command(arguments))
    if done.returncode != 0:
        names = ", ".join(urn.split("::")[-1] for urn in found)
        msg = f"What an interrupted run left of {names} could not be looked at.\n{done.stdout.strip()}{done.stderr}"
        raise StackError(msg)
    return [urn.split("::")[-1] for urn in found]


def _ids(resources: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for resource in resources:
        if resource["type"].startswith("gcp:"):
            identity = import_id(resource["type"], resource.get("inputs") or {})
            if identity is not None:
                yield resource["urn"], identity


def describe(operation: Mapping[str, Any]) -> str:
    """One line about a pending operation, e.g. `creating gcp:kms/keyRing:KeyRing "ring"`."""
    resource = operation["resource"]
    return f"{operation['type']} {resource['type']} {json.dumps(resource['urn'].split('::')[-1])}"
