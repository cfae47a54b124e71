"""Cloud Build connections to Git hosts, and the repositories linked through them.

The host is not asked: a wrong token or an unknown repository is not noticed here, and is by Google.
"""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import DELETION_POLICY, SECRET, SECRET_VERSION, iam_member, place, reads_secrets, values
from local.gcp.services.agents import CLOUD_BUILD

_CONNECTION: Final = "gcp:cloudbuildv2/connection:Connection"
REPOSITORY: Final = "gcp:cloudbuildv2/repository:Repository"
_API: Final = "cloudbuild.googleapis.com"
_DOCS: Final = "cloud.google.com/build/docs/api/reference/rest/v2/"
_HOSTS: Final = (
    "bitbucketCloudConfig",
    "bitbucketDataCenterConfig",
    "githubConfig",
    "githubEnterpriseConfig",
    "gitlabConfig",
)
_SECRETS: Final = tuple(
    f"{host}.{name}"
    for host in ("bitbucketCloudConfig", "bitbucketDataCenterConfig", "gitlabConfig")
    for name in (
        "authorizerCredential.userTokenSecretVersion",
        "readAuthorizerCredential.userTokenSecretVersion",
        "webhookSecretSecretVersion",
    )
)
_VERSION: Final = re.compile(r"projects/[^/]+/secrets/[^/]+/versions/(\d+|latest)")
_NAME: Final = re.compile(r"[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")


def _versions(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    for path in _SECRETS:
        for where, name in values(resource.inputs, path):
            secret, _, number = str(name).partition("/versions/")
            at = cloud.find((SECRET,), secret, resource)
            there = [
                version.id
                for version in cloud.all(SECRET_VERSION)
                if at is not None and cloud.find((SECRET,), str(version.get("secret")), version) == at
            ]
            if not there or (number != "latest" and f"/versions/{number}" not in " ".join(there) + " "):
                yield Refused(
                    404,
                    f"{where}: secret version {name} not found. Add one with gcp.secretmanager.SecretVersion, or with "
                    "`gcloud secrets versions add`.",
                )


def _connection(resource: Resource, _cloud: Cloud) -> Properties:
    told: dict[str, object] = {
        "installationStates": [{"stage": "COMPLETE", "message": "", "actionUri": ""}],
        "reconciling": False,
    }
    for host in _HOSTS[:2] + _HOSTS[4:]:
        if resource.get(host) is not None:
            credential = {"username": "x-token-auth"}
            told[host] = {"authorizerCredential": credential, "readAuthorizerCredential": credential}
    return told


def _remote(resource: Resource, cloud: Cloud) -> Iterator[str]:
    connection = cloud.find((_CONNECTION,), str(resource.get("parentConnection")), resource)
    workspace = connection.get("bitbucketCloudConfig.workspace") if connection is not None else None
    uri = str(resource.get("remoteUri"))
    if workspace is not None and not re.fullmatch(
        rf"https://bitbucket\.org/{re.escape(workspace)}/[-_.a-z0-9]+\.git", uri
    ):
        yield (
            f"remoteUri is {uri}; https://bitbucket.org/{workspace}/REPOSITORY.git is required, as the connection is "
            f"of the workspace {workspace}."
        )
    if connection is not None and resource.get("location") not in (None, connection.get("location")):
        yield f"location is {resource.get('location')}, but the connection is in {connection.get('location')}."


KINDS: Final = (
    Kind(
        token=_CONNECTION,
        id="projects/{project}/locations/{location}/connections/{name}",
        api=_API,
        source=_DOCS + "projects.locations.connections",
        names=("name",),
        immutable=frozenset(
            {"location", "name", "project"} | {path for path in _SECRETS if path.endswith("webhookSecretSecretVersion")}
        ),
        one_of=(_HOSTS,),
        values={
            "name": _NAME,
            "bitbucketCloudConfig.workspace": re.compile(r"[a-z0-9][-_a-z0-9]{0,61}"),
            "gitlabConfig.hostUri": re.compile(r"https://\S+"),
            "deletionPolicy": DELETION_POLICY,
            **dict.fromkeys(_SECRETS, _VERSION),
        },
        computed=frozenset(
            path.replace("userTokenSecretVersion", "username") for path in _SECRETS if "userToken" in path
        ),
        rules=(place(), _versions, reads_secrets(_SECRETS, CLOUD_BUILD)),
        outputs=_connection,
    ),
    Kind(
        token=REPOSITORY,
        id="projects/{project}/locations/{location}/connections/{/parentConnection}/repositories/{name}",
        api=_API,
        source=_DOCS + "projects.locations.connections.repositories",
        names=("name",),
        immutable=frozenset({"annotations", "location", "name", "parentConnection", "project", "remoteUri"}),
        values={
            "name": re.compile(r"[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"),
            "remoteUri": re.compile(r"https://\S+\.git"),
            "deletionPolicy": DELETION_POLICY,
        },
        references=(Reference(path="parentConnection", to=(_CONNECTION,)),),
        rules=(_remote,),
    ),
    iam_member(
        "gcp:cloudbuildv2/connectionIAMMember:ConnectionIAMMember",
        Reference(path="name", to=(_CONNECTION,), holds=False),
        id="projects/{project}/locations/{location}/connections/{/name}",
        api=_API,
        source=_DOCS + "projects.locations.connections/setIamPolicy",
        services=("cloudbuild",),
        also=("location", "project"),
    ),
)
