"""Which images may run in the project's clusters.

Owns: the project's one policy of Binary Authorization. Every image is denied but those of the stack's own registry and
Google's system images, which a policy of Google's own lets in.

Deliberately not here: attestations. Cloud Build's attestor exists only after the project's first build, so that a first
`up` could not name it. That an image is named by digest no policy can require: the settings do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_gcp import binaryauthorization

from infra.components.base import Component

APIS: Final = ("binaryauthorization.googleapis.com",)
MODES: Final = {"enforce": "ENFORCED_BLOCK_AND_AUDIT_LOG", "audit": "DRYRUN_AUDIT_LOG_ONLY"}
"""What happens to another image, by what the setting says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryAuthorizationArgs:
    """Inputs of BinaryAuthorization."""

    enforcement: str
    """enforce or audit; setting gcp.cluster.binaryAuthorization."""
    project: pulumi.Input[str]
    """Id of the project."""
    registry: pulumi.Input[str]
    """Where images are allowed from: "<region>-docker.pkg.dev/<project>/<repository>"."""
    apis: Mapping[str, pulumi.Resource]
    """The project's APIs, by name."""


class BinaryAuthorization(Component):
    """The project's policy of images."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:BinaryAuthorization"

    policy: pulumi.Resource
    """The policy; a cluster that waits for it never runs without it."""

    def __init__(self, name: str, args: BinaryAuthorizationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.policy = binaryauthorization.Policy(
            name,
            project=args.project,
            global_policy_evaluation_mode="ENABLE",
            default_admission_rule={"evaluation_mode": "ALWAYS_DENY", "enforcement_mode": MODES[args.enforcement]},
            admission_whitelist_patterns=[{"name_pattern": pulumi.Output.concat(args.registry, "/*")}],
            opts=self.child(depends_on=[args.apis[api] for api in APIS]),
        )
        self.register_outputs({})
