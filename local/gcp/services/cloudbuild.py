"""Cloud Build triggers. A build is never run here."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from infra.settings_gcp_types import CLOUD_BUILD_RESTRICTED_REGIONS
from local.gcp.kinds import ACCOUNT, UNKNOWN, Cloud, Kind, Properties, Reference, Refused, Resource, look, walk
from local.gcp.rules import (
    DELETION_POLICY,
    DURATION,
    SECRET,
    TOPIC,
    known,
    lasting,
    place,
    seconds,
    settled,
    unique,
    values,
    words,
)
from local.gcp.services.cloudbuildv2 import REPOSITORY

_TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"
_COMMENTS: Final = words("COMMENTS_DISABLED COMMENTS_ENABLED COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY")
_HOSTS: Final = words("UNKNOWN CLOUD_SOURCE_REPOSITORIES GITHUB BITBUCKET_SERVER")
_EVENT: Final = "repositoryEventConfig"
_SOURCES: Final = (
    "bitbucketServerTriggerConfig",
    "developerConnectEventConfig",
    "github",
    "pubsubConfig",
    _EVENT,
    "triggerTemplate",
    "webhookConfig",
)
_OWN_VARIABLE: Final = re.compile(r"_[A-Z0-9_]{1,100}")


def _events(properties: Properties) -> Iterator[str]:
    event = look(properties, _EVENT)
    if not isinstance(event, Mapping):
        return
    if ("push" in event) == ("pullRequest" in event):
        yield f"{_EVENT}: exactly one of push and pullRequest is required."
    for kind, names in (("push", ("branch", "tag")), ("pullRequest", ("branch",))):
        one = event.get(kind)
        if isinstance(one, Mapping):
            given = [name for name in names if one.get(name) is not None]
            if len(given) != 1:
                yield f"{_EVENT}.{kind}: exactly one of {' and '.join(names)} is required."
            for name in given:
                yield from _expression(f"{_EVENT}.{kind}.{name}", one[name])


def _expression(where: str, text: Any) -> Iterator[str]:
    if text is UNKNOWN:
        return
    try:
        re.compile(str(text))
    except re.error as error:
        yield f"{where} is {text!r}, which is no regular expression: {error}."
    if "(?=" in str(text) or "(?!" in str(text):
        yield f"{where} is {text!r}; RE2 has no lookahead. Use invertRegex."


def _steps(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/build/docs/build-config-file-schema."""
    steps = known(properties, "build.steps") or []
    total = sum(seconds(str(one.get("timeout"))) for one in steps)
    timeout = known(properties, "build.timeout") or "600s"
    if total > seconds(str(timeout)):
        yield f"Step timeout sum ({total:.0f}s) cannot be greater than build timeout ({timeout})."
    before: set[str] = {"-"}
    secrets = {name for _, name in walk(properties, "build.availableSecrets.secretManagers.*.env")}
    for number, one in enumerate(steps):
        where = f"build.steps[{number}]"
        if one.get("script") is not None and (one.get("args") is not None or one.get("entrypoint") is not None):
            yield f"{where}: script excludes args and entrypoint."
        for name in one.get("waitFors") or []:
            if name not in before:
                yield f"{where}.waitFors has {name!r}; the id of an earlier step, or - for none, is required."
        for name in one.get("secretEnvs") or []:
            if UNKNOWN not in secrets and name not in secrets:
                yield f"{where}.secretEnvs has {name!r}, which build.availableSecrets does not give."
        before.add(str(one.get("id")))


def _variables(properties: Properties) -> Iterator[str]:
    for path in ("substitutions", "build.substitutions"):
        named = look(properties, path)
        for name in named if isinstance(named, Mapping) else ():
            if not _OWN_VARIABLE.fullmatch(name):
                yield f"{path} has {name!r}; a name of its own begins with an underscore: _{name.upper().lstrip('_')}."


def _logs(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    """Source: cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts."""
    if resource.get("serviceAccount") is None or resource.get("build") is None:
        return
    if resource.get("build.options.logging") in ("CLOUD_LOGGING_ONLY", "NONE") or resource.get("build.logsBucket"):
        return
    yield (
        "if 'build.service_account' is specified, the build must either (a) specify 'build.logs_bucket', (b) use the "
        "REGIONAL_USER_OWNED_BUCKET build.options.default_logs_bucket_behavior option, or (c) use either "
        "CLOUD_LOGGING_ONLY / NONE logging options. Set build.options.logging."
    )


def _near(resource: Resource, cloud: Cloud) -> Iterator[str]:
    location = str(resource.get("location"))
    repository = cloud.find((REPOSITORY,), str(resource.get(f"{_EVENT}.repository")), resource)
    if repository is not None:
        at = repository.id.split("/")[3]
        if at != location:
            yield f"location is {location}, but the repository is in {at}; a trigger is where its repository is."
    if location != "global" and location not in CLOUD_BUILD_RESTRICTED_REGIONS:
        yield (
            f"due to quota restrictions, Cloud Build cannot run builds in {location} for a project without a history. "
            f"Use one of {', '.join(sorted(CLOUD_BUILD_RESTRICTED_REGIONS))}."
        )


def _once(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    for other in cloud.all(_TRIGGER, resource.project):
        same = all(other.get(path) == resource.get(path) for path in ("name", "location"))
        if same and other.id != resource.id:
            yield Refused(409, f"trigger named {resource.get('name')} already exists in {resource.get('location')}")


def _secrets(resource: Resource, cloud: Cloud) -> Iterator[str]:
    for where, one in values(resource.inputs, "build.availableSecrets.secretManagers.*"):
        secret = str(one.get("versionName")).partition("/versions/")[0]
        if cloud.find((SECRET,), secret, resource) is None:
            yield f"{where}: the secret {secret} does not exist."


KINDS: Final = (
    Kind(
        token=_TRIGGER,
        id="projects/{project}/locations/{location}/triggers/{#uuid}",
        api="cloudbuild.googleapis.com",
        source="cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.triggers",
        names=("triggerId", "name"),
        immutable=frozenset({"location", "project"}),
        one_of=(("build", "filename", "gitFileSource"),),
        # Source: terraform-provider-google issue 19054: Pub/Sub cannot trigger a build of a connected repository.
        conflicts=(_SOURCES,),
        at_least_one_of=((*_SOURCES, "sourceToBuild"),),
        values={
            "name": re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,62}[a-zA-Z0-9])?"),
            "serviceAccount": re.compile(r"projects/[^/]+/serviceAccounts/[^/]+"),
            **{
                f"{source}.pullRequest.commentControl": _COMMENTS
                for source in ("bitbucketServerTriggerConfig", "developerConnectEventConfig", "github", _EVENT)
            },
            "gitFileSource.repoType": _HOSTS,
            "sourceToBuild.repoType": _HOSTS,
            "includeBuildLogs": words("INCLUDE_BUILD_LOGS_UNSPECIFIED INCLUDE_BUILD_LOGS_WITH_STATUS"),
            "tags.*": re.compile(r"[\w][\w.-]{0,127}"),
            "build.timeout": DURATION,
            "build.queueTtl": DURATION,
            "build.steps.*.timeout": DURATION,
            "build.options.logging": words(
                "LOGGING_UNSPECIFIED LEGACY GCS_ONLY STACKDRIVER_ONLY CLOUD_LOGGING_ONLY NONE"
            ),
            "build.options.logStreamingOption": words("STREAM_DEFAULT STREAM_ON STREAM_OFF"),
            "build.options.machineType": words(
                "UNSPECIFIED N1_HIGHCPU_8 N1_HIGHCPU_32 E2_HIGHCPU_8 E2_HIGHCPU_32 E2_MEDIUM"
            ),
            "build.options.requestedVerifyOption": words("NOT_VERIFIED VERIFIED"),
            "build.options.sourceProvenanceHashes.*": words("NONE SHA256 MD5"),
            "build.options.substitutionOption": words("MUST_MATCH ALLOW_LOOSE"),
            "build.options.diskSizeGb": range(10, 4001),
            "build.availableSecrets.secretManagers.*.versionName": re.compile(
                r"projects/[^/]+/secrets/[^/]+/versions/[^/]+"
            ),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            lasting("build.timeout", timedelta(seconds=1), timedelta(days=1)),
            unique("build.steps.*.id"),
            _events,
            _steps,
            _variables,
        ),
        defaults={"location": "global"},
        references=(
            Reference(path=f"{_EVENT}.repository", to=(REPOSITORY,)),
            Reference(
                path="serviceAccount",
                to=(ACCOUNT,),
                holds=False,
                unless=re.compile(r".+@(?!.+\.iam\.).+\.gserviceaccount\.com"),
                status=400,
            ),
            Reference(path="pubsubConfig.topic", to=(TOPIC,), holds=False, status=400),
        ),
        rules=(place("location", "global"), _near, _logs, _secrets, _once),
        outputs=lambda resource, _: {"triggerId": resource.id.rpartition("/")[2]},
    ),
)
