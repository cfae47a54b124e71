"""Who may act as what in the project, without a key anywhere.

Owns: a Google account for each workload in the cluster that calls Google's APIs, usable by that one Kubernetes account;
and the federation by which Bitbucket Pipelines of one repository and one deployment environment becomes another one.

Deliberately not here: accounts of nodes and builds, which belong to the cluster and to delivery. What that pipeline may
do is to watch: Cloud Build tests and deploys, started by a push. A role here that starts builds would be a way past
the approval of its triggers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import pulumi
from pulumi_gcp import iam, projects, serviceaccount

from infra.components.base import Component
from infra.naming import Naming, logical
from infra.settings_gcp import BitbucketSettings

APIS: Final = ("iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com")
PIPELINE_ROLES: Final = ("roles/cloudbuild.builds.viewer",)
"""What the pipeline may do in the project: see builds, so that it can wait for the one its push has started."""
_USE: Final = "roles/iam.workloadIdentityUser"
_PROVIDER: Final = "bitbucket"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """What runs in the cluster and calls Google's APIs."""

    namespace: str
    """Namespace it runs in."""
    account: str
    """Kubernetes service account it runs as; carries the annotation `iam.gke.io/gcp-service-account`."""
    roles: tuple[str, ...]
    """What it may do in the project, e.g. ("roles/cloudtrace.agent",)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityArgs:
    """Inputs of Identity."""

    names: Naming
    """Names of the stack."""
    settings: BitbucketSettings
    """The one repository and deployment environment that is trusted."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """The project's APIs, by name."""
    suffix: str
    """Last part of the pool's id, which stays taken for 30 days after a deletion; setting gcp.keys.ring."""
    workload_pool: pulumi.Input[str]
    """Pool of the cluster's identities. Source: Cluster.workload_pool."""
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    """Workloads that call Google's APIs, by name."""


class Identity(Component):
    """Accounts of workloads, and the trust in Bitbucket Pipelines."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Identity"

    accounts: Mapping[str, pulumi.Output[str]]
    """E-mail address of the Google account of each workload, by its name."""
    provider: pulumi.Output[str]
    """Full name of the provider of identities, which a pipeline asks for: projects/<number>/…/providers/bitbucket."""
    pipeline: pulumi.Output[str]
    """E-mail address of the account that the pipeline acts as."""

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.accounts = {key: self._workload(name, key, args) for key in sorted(args.workloads)}
        pool = iam.WorkloadIdentityPool(
            name,
            project=args.project,
            workload_identity_pool_id=args.names.physical(f"ci-{args.suffix}", "identity pool"),
            display_name="Bitbucket Pipelines",
            opts=self.child(depends_on=[args.apis[api] for api in APIS]),
        )
        repository = _braces(args.settings.repository_uuid)
        environment = _braces(args.settings.environment_uuid)
        provider = iam.WorkloadIdentityPoolProvider(
            logical(name, _PROVIDER),
            project=args.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=_PROVIDER,
            display_name="Bitbucket Pipelines",
            oidc={
                "issuer_uri": f"https://api.bitbucket.org/2.0/workspaces/{args.settings.workspace}"
                "/pipelines-config/identity/oidc",
                "allowed_audiences": [f"ari:cloud:bitbucket::workspace/{args.settings.workspace_uuid}"],
            },
            attribute_mapping={
                # It names the step, so it is another one in every run; rights are bound to the environment instead.
                "google.subject": "assertion.sub",
                "attribute.repository": "assertion.repositoryUuid",
                "attribute.environment": "assertion.deploymentEnvironmentUuid",
            },
            # A step that deploys to no environment has no such claim; it is refused too.
            attribute_condition=f"assertion.repositoryUuid == '{repository}' && "
            f"assertion.deploymentEnvironmentUuid == '{environment}'",
            opts=self.child(),
        )
        account = self._account(name, "pipeline", args)
        serviceaccount.IAMMember(
            logical(name, "pipeline-use"),
            service_account_id=account.name,
            role=_USE,
            member=pulumi.Output.concat(
                "principalSet://iam.googleapis.com/projects/",
                args.number,
                "/locations/global/workloadIdentityPools/",
                pool.workload_identity_pool_id,
                f"/attribute.environment/{environment}",
            ),
            opts=self.child(),
        )
        self._grant(name, "pipeline", account, PIPELINE_ROLES, args)
        self.provider = provider.name
        self.pipeline = account.email
        self.register_outputs({"provider": self.provider, "pipeline": self.pipeline})

    def _workload(self, name: str, workload: str, args: IdentityArgs) -> pulumi.Output[str]:
        """Account of a workload, as known once it may be used."""
        wanted = args.workloads[workload]
        role = f"app-{workload}"
        account = self._account(name, role, args)
        use = serviceaccount.IAMMember(
            logical(name, f"{role}-use"),
            service_account_id=account.name,
            role=_USE,
            member=pulumi.Output.concat(
                "serviceAccount:", args.workload_pool, f"[{wanted.namespace}/{wanted.account}]"
            ),
            opts=self.child(),
        )
        self._grant(name, role, account, wanted.roles, args)
        return pulumi.Output.all(account.email, use.id).apply(lambda known: str(known[0]))

    def _account(self, name: str, role: str, args: IdentityArgs) -> serviceaccount.Account:
        return serviceaccount.Account(
            logical(name, role),
            project=args.project,
            account_id=args.names.physical(role, "service account"),
            opts=self.child(depends_on=[args.apis["iam.googleapis.com"]]),
        )

    def _grant(
        self, name: str, role: str, account: serviceaccount.Account, roles: tuple[str, ...], args: IdentityArgs
    ) -> None:
        for granted in sorted(roles):
            projects.IAMMember(
                logical(name, f"{role}-{granted.removeprefix('roles/')}"),
                project=args.project,
                role=granted,
                member=account.member,
                opts=self.child(),
            )


def _braces(uuid: str) -> str:
    """As Bitbucket writes it in its tokens."""
    return f"{{{uuid}}}"
