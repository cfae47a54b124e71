"""Where the stack's images are.

Owns: a repository of images, encrypted with a key of its own, whose tags never move, and which throws old images away.

Deliberately not here: who may read or write. The components whose accounts do grant it to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_gcp.artifactregistry import Repository

from infra.components.base import Component
from infra.components.keys import Keys
from infra.naming import Naming
from infra.settings_gcp import RegistrySettings

_REGISTRY: Final = "artifactregistry.googleapis.com"
_SCANNING: Final = "containerscanning.googleapis.com"
APIS: Final[tuple[str, ...]] = (_REGISTRY, _SCANNING)
"""With the second one enabled, a repository is scanned unless it says no, as one does whose setting `scan` is false."""

_DAY: Final = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryArgs:
    """Inputs of Registry."""

    names: Naming
    """Names of the stack."""
    settings: RegistrySettings
    """What is kept, and whether it is scanned."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called. Source: Project.apis."""
    region: str
    """Region of the repository."""
    keys: Keys
    """Key of the images."""


class Registry(Component):
    """The repository of a stack's images."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Registry"

    id: pulumi.Output[str]
    """Id, "projects/<project>/locations/<region>/repositories/<name>"."""
    url: pulumi.Output[str]
    """What the references of its images start with, "<region>-docker.pkg.dev/<project>/<name>"."""
    name: pulumi.Output[str]
    """Name of the repository."""
    location: str
    """Region of the repository."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        repository = Repository(
            name,
            project=args.project,
            location=args.region,
            repository_id=args.names.physical("images", "repository"),
            description="Images of the stack, by content: a tag never moves.",
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            kms_key_name=args.keys.key("registry"),
            docker_config={"immutable_tags": True},
            # What is kept by one policy, the other does not delete.
            cleanup_policies=[
                {
                    "id": "delete-old",
                    "action": "DELETE",
                    "condition": {
                        "older_than": f"{args.settings.delete_after_days * _DAY}s",
                        "tag_state": "ANY",
                    },
                },
                {
                    "id": "keep-newest",
                    "action": "KEEP",
                    "most_recent_versions": {"keep_count": args.settings.keep_versions},
                },
            ],
            cleanup_policy_dry_run=False,
            vulnerability_scanning_config={"enablement_config": "INHERITED" if args.settings.scan else "DISABLED"},
            opts=self.child(depends_on=[args.apis[api] for api in APIS]),
        )
        self.id = repository.id
        self.name = repository.repository_id
        self.location = args.region
        self.url = pulumi.Output.format("{0}-docker.pkg.dev/{1}/{2}", args.region, args.project, self.name)
        self.register_outputs({"id": self.id, "url": self.url})
