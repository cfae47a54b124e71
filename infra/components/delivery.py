"""What a push and a pull request start: builds that test, package and deploy the stack.

Owns: the connection to the one Bitbucket repository, the triggers, an account for each trigger, and all that those
accounts may do: in the stack's project, with its state, and with its root secret.

Deliberately not here: Bitbucket's access tokens. `make bootstrap` keeps them in the state project; the connection is
told their names, so that they are in no state of the stack and no build can read them. What a build does is in
`delivery_steps`, what its account may do in `delivery_roles`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pulumi
from pulumi_gcp import artifactregistry, cloudbuild, cloudbuildv2, kms, projects, secretmanager, serviceaccount, storage

from infra import state
from infra.components import cloud_secret, delivery_steps
from infra.components import delivery_roles as roles
from infra.components.base import Component
from infra.components.registry import Registry
from infra.components.service_agents import service_agent
from infra.naming import Naming, logical
from infra.settings_gcp import DeliverySettings, TriggerSettings
from infra.state import State

if TYPE_CHECKING:
    from pulumi_gcp.cloudbuild import TriggerRepositoryEventConfigArgsDict

_BUILD: Final = "cloudbuild.googleapis.com"
_IAM: Final = "iam.googleapis.com"
APIS: Final[tuple[str, ...]] = (
    _BUILD,
    _IAM,
    "cloudkms.googleapis.com",
    "logging.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryArgs:
    """Inputs of Delivery."""

    names: Naming
    """Names of the stack."""
    settings: DeliverySettings
    """The repository, what starts a build, and what it runs on."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called. Source: Project.apis."""
    region: str
    """Region of the stack."""
    registry: Registry
    """Where the images go."""
    nodes: pulumi.Input[str]
    """Account of the cluster's nodes, as a resource. Source: Cluster.account."""
    state: State
    """Where state, root secret and Bitbucket's tokens are."""
    after: Sequence[pulumi.Resource]
    """What the first build has to find, the cluster. Source: Cluster.ready.

    While it is made, what Cloud Build was granted on the secrets becomes known everywhere at Google; a connection made
    at once would be refused. Source: cloud.google.com/iam/docs/access-change-propagation.
    """


class Delivery(Component):
    """Connection, triggers and their accounts."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Delivery"

    connection: pulumi.Output[str]
    """Id of the connection, "projects/…/connections/…"."""
    repository: pulumi.Output[str]
    """Id of the repository behind it."""
    triggers: Mapping[str, pulumi.Output[str]]
    """Id of each trigger, by its name in the settings."""
    accounts: Mapping[str, pulumi.Output[str]]
    """E-mail address of the account that a trigger's builds run as, by the trigger's name."""

    def __init__(self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        location = args.settings.region or args.region
        connection = self._connection(name, args)
        source = args.settings.bitbucket
        repository = cloudbuildv2.Repository(
            logical(name, "repository"),
            project=args.project,
            location=location,
            name=args.names.physical("source", "connection"),
            parent_connection=connection.id,
            remote_uri=f"https://bitbucket.org/{source.workspace}/{source.repository}.git",
            opts=self.child(),
        )
        for member in sorted(args.settings.approvers):
            projects.IAMMember(
                logical(name, f"approver-{member}"),
                project=args.project,
                role=roles.APPROVE,
                member=member,
                opts=self.child(),
            )
        accounts, triggers = {}, {}
        for key, trigger in sorted(args.settings.triggers.items()):
            account, granted = self._account(name, key, trigger, args)
            made = self._trigger(name, key, args, repository, account=account, after=granted)
            accounts[key], triggers[key] = account.email, made.id
        self.connection, self.repository = connection.id, repository.id
        self.accounts, self.triggers = accounts, triggers
        self.register_outputs({"connection": self.connection, "repository": self.repository})

    def _connection(self, name: str, args: DeliveryArgs) -> cloudbuildv2.Connection:
        """The connection, made after Cloud Build may read what it is told the names of."""
        agent = service_agent(_BUILD, args.number)
        readable = [
            self._secret(logical(name, f"agent-{secret}"), args, secret, role=roles.READ_SECRET, member=agent)
            for secret in state.BITBUCKET
        ]
        versions = {secret: cloud_secret.version(args.state, secret, args.names.stack) for secret in state.BITBUCKET}
        return cloudbuildv2.Connection(
            name,
            project=args.project,
            location=args.settings.region or args.region,
            name=args.names.physical("bitbucket", "connection"),
            bitbucket_cloud_config={
                "workspace": args.settings.bitbucket.workspace,
                "authorizer_credential": {"user_token_secret_version": versions[state.AUTHORIZER]},
                "read_authorizer_credential": {"user_token_secret_version": versions[state.READER]},
                "webhook_secret_secret_version": versions[state.WEBHOOK],
            },
            opts=self.child(depends_on=[*readable, args.apis[_BUILD], *args.after]),
        )

    def _trigger(
        self,
        name: str,
        key: str,
        args: DeliveryArgs,
        repository: cloudbuildv2.Repository,
        *,
        account: serviceaccount.Account,
        after: list[pulumi.Resource],
    ) -> cloudbuild.Trigger:
        trigger = args.settings.triggers[key]
        steps = delivery_steps.PULL_REQUEST if trigger.pull_request else delivery_steps.PUSH
        return cloudbuild.Trigger(
            logical(name, key),
            project=args.project,
            # A trigger for a connection has to be where that is; by itself it would be "global".
            location=args.settings.region or args.region,
            name=args.names.physical(key, "trigger"),
            description=_description(trigger),
            repository_event_config=_event(trigger, repository.id),
            build=delivery_steps.build(steps, args.settings, args.names.stack, key),
            approval_config={"approval_required": trigger.approval},
            service_account=account.name,
            tags=[args.names.stack],
            opts=self.child(depends_on=after),
        )

    def _account(
        self, name: str, key: str, trigger: TriggerSettings, args: DeliveryArgs
    ) -> tuple[serviceaccount.Account, list[pulumi.Resource]]:
        """The account of a trigger's builds, and what it was granted."""
        account = serviceaccount.Account(
            logical(name, f"{key}-account"),
            project=args.project,
            account_id=args.names.physical(f"ci-{key}", "service account"),
            display_name=f"Builds of the trigger {key}",
            opts=self.child(depends_on=[args.apis[_IAM]]),
        )
        preview, own = trigger.pull_request, f"{key}-{{}}".format
        granted: list[pulumi.Resource] = [
            projects.IAMMember(
                logical(name, own(role.removeprefix("roles/"))),
                project=args.project,
                role=role,
                member=account.member,
                opts=self.child(),
            )
            for role in (roles.PREVIEW if preview else roles.DEPLOY)
        ]
        granted += [
            storage.BucketIAMMember(
                logical(name, own("state")),
                bucket=args.state.bucket,
                role=roles.READ_STATE if preview else roles.CHANGE_STATE,
                member=account.member,
                opts=self.child(depends_on=_called(args)),
            ),
            kms.CryptoKeyIAMMember(
                logical(name, own("state-key")),
                crypto_key_id=args.state.key(state.PULUMI_KEY),
                role=roles.DECRYPT if preview else roles.ENCRYPT,
                member=account.member,
                opts=self.child(depends_on=_called(args)),
            ),
            *(
                self._secret(
                    logical(name, own(secret)),
                    args,
                    secret,
                    role=roles.READ_SECRET if secret == state.ROOT else roles.SEE_SECRET,
                    member=account.member,
                )
                for secret in (state.ROOT, *state.BITBUCKET)
            ),
        ]
        if not preview:
            granted += [
                artifactregistry.RepositoryIamMember(
                    logical(name, own("images")),
                    project=args.project,
                    location=args.registry.location,
                    repository=args.registry.id,
                    role=roles.PACKAGE,
                    member=account.member,
                    opts=self.child(),
                ),
                serviceaccount.IAMMember(
                    logical(name, own("nodes")),
                    service_account_id=args.nodes,
                    role=roles.ACT_AS,
                    member=account.member,
                    opts=self.child(),
                ),
            ]
        return account, granted

    def _secret(
        self, name: str, args: DeliveryArgs, secret: str, *, role: str, member: pulumi.Input[str]
    ) -> pulumi.Resource:
        """A role on a secret of the state project."""
        return secretmanager.SecretIamMember(
            name,
            project=args.state.project,
            secret_id=secret,
            role=role,
            member=member,
            opts=self.child(depends_on=_called(args)),
        )


def _called(args: DeliveryArgs) -> list[pulumi.Resource]:
    """What a call waits for that changes the state project: it is charged to the stack's, which has to know the API."""
    return [args.apis[api] for api in APIS]


def _description(trigger: TriggerSettings) -> str:
    if trigger.pull_request:
        return f"Tests each pull request to {trigger.branch}."
    return f"Tests, packages and deploys each push to {trigger.branch}."


def _event(trigger: TriggerSettings, repository: pulumi.Input[str]) -> "TriggerRepositoryEventConfigArgsDict":
    # RE2, which would find an unanchored "develop" in "develop-old" too. Of what a branch may be called in the
    # settings, the dot alone means something in it.
    branch = "^" + trigger.branch.replace(".", r"\.") + "$"
    if not trigger.pull_request:
        return {"repository": repository, "push": {"branch": branch}}
    return {
        "repository": repository,
        # Somebody from outside has to be let in by a comment of one who may write.
        "pull_request": {"branch": branch, "comment_control": "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"},
    }
