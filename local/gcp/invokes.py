"""Data sources of the emulated provider that need no table: the project, the provider itself, secrets, an agent's name.

A table of `services/` adds more with `INVOKES`. Any other is refused in a sentence: a program must not go on with an
invented answer.
"""

from collections.abc import Callable, Mapping
from typing import Final

from local.gcp.cloud import World
from local.gcp.kinds import Properties, Refused
from local.gcp.tables import tables

_SECRET_VERSION: Final = "gcp:secretmanager/secretVersion:SecretVersion"
_TOKEN: Final = "emulated"


def invoke(world: World, token: str, arguments: Properties, config: Properties) -> Properties:
    """The result of a data source.

    Args:
        world: The cloud.
        token: `gcp:organizations/getProject:getProject`.
        arguments: What the program asks, and the provider's project, region and zone where it leaves them out.
        config: The provider's configuration.

    Raises:
        Refused: As Google would answer, or there is no such data source here.
    """
    if token in _BUILT_IN:
        return _BUILT_IN[token](world, arguments, config)
    if token in tables().invokes:
        return tables().invokes[token](arguments, world)
    name = token.rpartition(":")[2]
    message = (
        f"The data source {name} ({token}) is not emulated. Take the value from a resource or from the settings, or "
        "add it to INVOKES of a table in local/gcp/services."
    )
    raise Refused(501, message)


def _project(world: World, arguments: Properties, _config: Properties) -> Properties:
    found = world.project(str(arguments.get("projectId") or arguments.get("project") or ""))
    return {**found.outputs, "id": found.id, "projectId": found.project}


def _client(_world: World, arguments: Properties, config: Properties) -> Properties:
    places = {name: str(arguments.get(name) or "") for name in ("project", "region", "zone")}
    id_ = f"projects/{places['project']}/regions/{places['region']}/zones/{places['zone']}"
    labels = config.get("defaultLabels") or {}
    return {"id": id_, **places, "accessToken": config.get("accessToken") or _TOKEN, "defaultLabels": labels}


def _secret_version(world: World, arguments: Properties, _config: Properties) -> Properties:
    secret, wanted = str(arguments.get("secret", "")), str(arguments.get("version") or "latest")
    full = secret if secret.startswith("projects/") else f"projects/{arguments.get('project')}/secrets/{secret}"
    numbered = [
        (int(one.outputs.get("version") or 0), one)
        for one in world.all(_SECRET_VERSION)
        if str(one.inputs.get("secret")) in (secret, full) or one.id.startswith(f"{full}/versions/")
    ]
    chosen = [pair for pair in numbered if wanted in ("latest", str(pair[0]))]
    if not chosen:
        missing = f"Secret Version [{full}/versions/{wanted}] not found or has no versions., notFound"
        raise Refused(404, missing)
    number, version = max(chosen, key=lambda pair: pair[0])
    hidden = version.inputs.get("secretData", version.inputs.get("secretDataWo", ""))
    return {
        "id": version.id,
        "name": version.id,
        "secret": secret,
        "project": arguments.get("project"),
        "version": str(number),
        "secretData": hidden,
        "enabled": True,
        "createTime": version.created,
        "destroyTime": "",
    }


def _storage_account(world: World, arguments: Properties, _config: Properties) -> Properties:
    project = str(arguments.get("project") or "")
    email = f"service-{world.project_number(project)}@gs-project-accounts.iam.gserviceaccount.com"
    world.note_agent(email, project)
    return {"id": email, "emailAddress": email, "member": f"serviceAccount:{email}", "project": project}


_BUILT_IN: Final[Mapping[str, Callable[[World, Properties, Properties], Properties]]] = {
    "gcp:organizations/getProject:getProject": _project,
    "gcp:organizations/getClientConfig:getClientConfig": _client,
    "gcp:secretmanager/getSecretVersion:getSecretVersion": _secret_version,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_account,
}
