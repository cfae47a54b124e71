"""Artifact Registry: repositories of images. A repository is deleted with all that is in it; nothing holds it."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Kind, Properties, Reference
from local.gcp.rules import (
    DELETION_POLICY,
    given,
    iam_member,
    key,
    known,
    labels,
    only_with,
    place,
    settled,
    unique,
    usable_key,
    values,
    words,
)
from local.gcp.services.agents import ARTIFACT_REGISTRY

_REPOSITORY: Final = "gcp:artifactregistry/repository:Repository"
_API: Final = "artifactregistry.googleapis.com"
_AGE: Final = re.compile(r"\d+(s|m|h|d)")


def _cleanup(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/artifact-registry/docs/repositories/cleanup-policy."""
    for where, policy in values(properties, "cleanupPolicies.*"):
        condition, recent = policy.get("condition"), policy.get("mostRecentVersions")
        if (condition is None) == (recent is None):
            yield f"{where}: exactly one of condition and mostRecentVersions is required."
        if recent is not None and policy.get("action") != "KEEP":
            yield f"{where}: mostRecentVersions needs action KEEP."
        if (
            isinstance(condition, dict)
            and condition.get("tagPrefixes")
            and condition.get("tagState") not in ("TAGGED", None)
        ):
            yield f"{where}: condition.tagPrefixes needs tagState TAGGED."


def _mode(properties: Properties) -> Iterator[str]:
    mode = known(properties, "mode") or "STANDARD_REPOSITORY"
    for path, needed in (
        ("remoteRepositoryConfig", "REMOTE_REPOSITORY"),
        ("virtualRepositoryConfig", "VIRTUAL_REPOSITORY"),
    ):
        if given(properties, path) and mode != needed:
            yield f"{path} is set, which needs mode {needed}."
        if mode == needed and not given(properties, path):
            yield f"mode is {needed}, which needs {path}."


KINDS: Final = (
    Kind(
        token=_REPOSITORY,
        id="projects/{project}/locations/{location}/repositories/{repositoryId}",
        api=_API,
        source="cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories",
        names=("name",),
        immutable=frozenset(
            {
                "format",
                "kmsKeyName",
                "location",
                "mavenConfig.allowSnapshotOverwrites",
                "mavenConfig.versionPolicy",
                "mode",
                "project",
                "remoteRepositoryConfig.aptRepository",
                "remoteRepositoryConfig.commonRepository",
                "remoteRepositoryConfig.description",
                "remoteRepositoryConfig.dockerRepository",
                "remoteRepositoryConfig.mavenRepository",
                "remoteRepositoryConfig.noCache",
                "remoteRepositoryConfig.npmRepository",
                "remoteRepositoryConfig.pythonRepository",
                "remoteRepositoryConfig.yumRepository",
                "repositoryId",
            }
        ),
        values={
            "repositoryId": re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"),
            "format": words("DOCKER MAVEN NPM APT YUM PYTHON KFP GO GENERIC"),
            "mavenConfig.versionPolicy": words("VERSION_POLICY_UNSPECIFIED RELEASE SNAPSHOT"),
            "remoteRepositoryConfig.aptRepository.publicRepository.repositoryBase": words(
                "DEBIAN UBUNTU DEBIAN_SNAPSHOT"
            ),
            "remoteRepositoryConfig.dockerRepository.publicRepository": words("DOCKER_HUB"),
            "remoteRepositoryConfig.mavenRepository.publicRepository": words("MAVEN_CENTRAL"),
            "remoteRepositoryConfig.npmRepository.publicRepository": words("NPMJS"),
            "remoteRepositoryConfig.pythonRepository.publicRepository": words("PYPI"),
            "remoteRepositoryConfig.yumRepository.publicRepository.repositoryBase": words(
                "CENTOS CENTOS_DEBUG CENTOS_VAULT CENTOS_STREAM ROCKY EPEL"
            ),
            "mode": words("STANDARD_REPOSITORY VIRTUAL_REPOSITORY REMOTE_REPOSITORY"),
            "cleanupPolicies.*.action": words("DELETE KEEP"),
            "cleanupPolicies.*.condition.tagState": words("TAGGED UNTAGGED ANY"),
            "cleanupPolicies.*.condition.olderThan": _AGE,
            "cleanupPolicies.*.condition.newerThan": _AGE,
            "cleanupPolicies.*.mostRecentVersions.keepCount": range(1, 1001),
            "kmsKeyName": re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+"),
            "vulnerabilityScanningConfig.enablementConfig": words("INHERITED DISABLED"),
            "deletionPolicy": DELETION_POLICY,
        },
        conflicts=tuple(
            (f"remoteRepositoryConfig.{kind}.publicRepository", f"remoteRepositoryConfig.{kind}.customRepository")
            for kind in ("dockerRepository", "mavenRepository", "npmRepository", "pythonRepository")
        ),
        validations=settled(
            labels(),
            unique("cleanupPolicies.*.id"),
            only_with("dockerConfig", "format", ("DOCKER",)),
            only_with("mavenConfig", "format", ("MAVEN",)),
            _cleanup,
            _mode,
        ),
        defaults={"mode": "STANDARD_REPOSITORY"},
        references=(
            key("kmsKeyName"),
            Reference(path="virtualRepositoryConfig.upstreamPolicies.*.repository", to=(_REPOSITORY,), status=400),
        ),
        rules=(place("location", "us", "europe", "asia"), usable_key("kmsKeyName", ARTIFACT_REGISTRY)),
        outputs=lambda resource, _: {
            "name": resource.get("repositoryId"),
            "registryUri": (
                f"{resource.get('location')}-{str(resource.get('format')).lower()}.pkg.dev/{resource.project}/"
                f"{resource.get('repositoryId')}"
            ),
        },
    ),
    iam_member(
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        Reference(path="repository", to=(_REPOSITORY,), holds=False),
        id="projects/{project}/locations/{location}/repositories/{/repository}",
        api=_API,
        source="cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories/setIamPolicy",
        services=("artifactregistry",),
        also=("location", "project"),
    ),
)
