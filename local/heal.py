"""What an interrupted run leaves, mended: creations that the cloud finished and the engine never heard of.

The engine drops such a creation and does it again, which the cloud refuses: the name is taken. So each is put into the
state under the id that GCP gives it, and the cloud is asked for it: what is there is known from then on, what is not is
forgotten. Ids follow from the inputs by the tables of `local.gcp.services`. What may be made twice (a grant, an enabled
API) is left to the engine, and so is Kubernetes: what is applied on the server's side may be applied again.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.gcp.kinds import PROJECT, fill, look
from local.gcp.tables import tables
from local.workspace import YES, StackError, Workspace

_TWICE: Final = re.compile(r":(\w*I[Aa][Mm]\w*|Service|ServiceIdentity|IamMemberRemove)$")
"""Kinds that GCP makes twice without a word; some can't be asked for by an id at all."""
_PART: Final = re.compile(r"\{/?([^}]+)\}")


def import_id(token: str, inputs: Mapping[str, Any], number: str | None = None) -> str | None:
    """Id that GCP gives a resource of these inputs; None where only GCP knows it, e.g. that of an alert policy.

    Args:
        token: Type of the resource.
        inputs: What it was to be made with.
        number: Number of its project, which some ids have.
    """
    kind = tables().kinds.get(token)
    if kind is None:
        return None
    known = {**kind.defaults, **inputs}
    template = kind.id.replace("{#number}", number) if number else kind.id
    if any(not isinstance(look(known, path), (str, int)) for path in _PART.findall(template)):
        return None
    return fill(template, known)


def project_number(deployment: Mapping[str, Any]) -> str | None:
    """Number of the project that the state has; None if it has none."""
    numbers = [
        resource.get("outputs", {}).get("number")
        for resource in deployment.get("resources") or []
        if resource.get("type") == PROJECT
    ]
    return next((str(number) for number in numbers if number), None)


def pending(workspace: Workspace) -> list[Mapping[str, Any]]:
    """Operations that the state says were begun and never ended."""
    return list(workspace.deployment().get("pending_operations") or [])


def heal(workspace: Workspace) -> list[str]:
    """Take over what was created unseen; returns the names of the resources that were looked for.

    Raises:
        StackError: The engine could not ask the cloud; the state is as it was.
    """
    deployment = workspace.deployment()
    operations = deployment.get("pending_operations") or []
    begun = [operation["resource"] for operation in operations if operation["type"] == "creating"]
    found = dict(_ids(begun, project_number(deployment)))
    if not found:
        return []
    unseen = [operation for operation in operations if operation["resource"]["urn"] in found]
    taken = [{"outputs": {}, **one["resource"], "id": found[one["resource"]["urn"]]} for one in unseen]
    rest = [operation for operation in operations if operation not in unseen]
    _put(workspace, {**deployment, "resources": [*deployment["resources"], *taken], "pending_operations": rest})
    targets = [argument for urn in found for argument in ("--target", urn)]
    done = workspace.run(workspace.command(["refresh", *YES, *targets]))
    names = [urn.split("::")[-1] for urn in found]
    if done.returncode != 0:
        _put(workspace, deployment)
        msg = f"What an interrupted run left of {', '.join(names)} could not be looked at.\n{done.stdout}{done.stderr}"
        raise StackError(msg)
    return names


def _put(workspace: Workspace, deployment: Mapping[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"version": 3, "deployment": deployment}, file)
        file.flush()
        workspace.checked(["stack", "import", "--file", file.name, "--stack", workspace.stack])


def _ids(resources: list[Mapping[str, Any]], number: str | None) -> Iterator[tuple[str, str]]:
    for resource in resources:
        if resource["type"].startswith("gcp:") and not _TWICE.search(resource["type"]):
            # A creation that ended, but whose end was not written, has an id.
            identity = resource.get("id") or import_id(resource["type"], resource.get("inputs") or {}, number)
            if identity:
                yield resource["urn"], identity


def describe(operation: Mapping[str, Any]) -> str:
    """One line about a pending operation, e.g. `creating gcp:kms/keyRing:KeyRing "ring"`."""
    resource = operation["resource"]
    return f"{operation['type']} {resource['type']} {json.dumps(resource['urn'].split('::')[-1])}"
