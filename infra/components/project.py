"""The GCP project of a stack, and what has to be there before anything else is.

Owns: the project (or takes the existing one), its APIs, Google's accounts in it as far as components grant to them, its
audit logs, its contacts, and the provider whose calls are charged to it. Nothing uses the account that Compute Engine
makes by itself; in a project of our own it loses the Editor role that Google gives it.

Deliberately not here: roles of people, and organization policies, which a project without an organization can't have.
The project that keeps Pulumi's state is another one, made by `make bootstrap`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import pulumi
from pulumi_gcp import Provider
from pulumi_gcp.essentialcontacts import Contact
from pulumi_gcp.organizations import Project as GoogleProject
from pulumi_gcp.organizations import get_project_output
from pulumi_gcp.projects import IAMAuditConfig, IAMMember, IamMemberRemove, Service, ServiceIdentity

from infra.components.base import Component
from infra.components.service_agents import SERVICE_AGENTS, service_agent
from infra.naming import Naming, logical
from infra.settings_gcp import ProjectSettings

_FIRST: Final = ("cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com")
"""Without them nothing can be asked of a project, not even which APIs it has."""
_COMPUTE: Final = "compute.googleapis.com"
_CONTACTS: Final = "essentialcontacts.googleapis.com"

APIS: Final[tuple[str, ...]] = (
    *_FIRST,
    _COMPUTE,
    _CONTACTS,
    "cloudbilling.googleapis.com",
    "iam.googleapis.com",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectArgs:
    """Inputs of Project."""

    names: Naming
    """Names of the stack."""
    settings: ProjectSettings
    """The project, who pays for it, and who is told what Google has to say."""
    apis: tuple[str, ...]
    """APIs that the stack's components call; this one's own come with them."""
    protect: bool
    """Whether a project of our own refuses to be deleted."""
    region: str | None = None
    """Region for the resources of `Project.provider` that are given none."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of every resource of `Project.provider` that takes labels."""


class Project(Component):
    """The project of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Project"

    id: pulumi.Output[str]
    """Id of the project; known in a preview."""
    number: pulumi.Output[str]
    """Number of the project, which the addresses of Google's accounts consist of."""
    own: pulumi.Resource | None
    """The project where the program makes it: what is in it goes with it. None where it takes an existing one."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called, and before its account (service_agents.py) is granted something."""
    provider: Provider
    """Provider whose calls are charged to the project.

    Some APIs (budgets, essential contacts) refuse a person's credentials unless a project is named that pays for the
    call. It can't be used before the APIs are enabled. Source: cloud.google.com/docs/quotas/quota-project.
    """

    def __init__(self, name: str, args: ProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        first: list[pulumi.Resource] = []
        self.own = None
        if settings.create:
            self.own = own = self._make(name, args)
            self.id, self.number = own.project_id, own.number
        else:
            found = get_project_output(project_id=settings.id, opts=pulumi.InvokeOptions(parent=self))
            self.id = found.project_id.apply(str)
            self.number = found.number
        self.provider = Provider(
            logical(name, "provider"),
            project=self.id,
            region=args.region,
            default_labels=dict(args.labels),
            billing_project=self.id,
            user_project_override=True,
            opts=self.child(),
        )
        services: dict[str, Service] = {}
        for api in (*_FIRST, _COMPUTE):
            services[api] = self._enable(name, api, first)
            if api in _FIRST:
                first = [*first, services[api]]
        if settings.create:
            # Before Google's other accounts get their roles: this one reads and writes the whole policy.
            first = [*first, self._default_account(name, services[_COMPUTE])]
        for api in sorted({*args.apis, *APIS} - services.keys()):
            services[api] = self._enable(name, api, first)
        self.apis = {api: self._account(name, api, service) for api, service in services.items()}
        self._audit(name, settings, first)
        self._contact(name, settings)
        self.register_outputs({"id": self.id, "number": self.number})

    def _make(self, name: str, args: ProjectArgs) -> GoogleProject:
        settings = args.settings
        project_id = settings.id or args.names.project(settings.billing_account)
        kind, _, parent = (settings.parent or "").partition("/")
        return GoogleProject(
            name,
            project_id=project_id,
            name=project_id,
            billing_account=settings.billing_account,
            org_id=parent if kind == "organizations" else None,
            folder_id=parent if kind == "folders" else None,
            auto_create_network=False,
            deletion_policy="PREVENT" if args.protect else "DELETE",
            opts=self.child(protect=args.protect),
        )

    def _enable(self, name: str, api: str, after: list[pulumi.Resource]) -> Service:
        return Service(
            logical(name, _short(api)),
            project=self.id,
            service=api,
            # A project of our own goes as a whole; in another's, somebody else may call the API.
            disable_on_destroy=False,
            opts=self.child(depends_on=after),
        )

    def _default_account(self, name: str, compute: Service) -> IamMemberRemove:
        """Take Editor from the account of Compute Engine (CIS GCP 1.5); it stays, without rights."""
        return IamMemberRemove(
            logical(name, "default-account"),
            project=self.id,
            role="roles/editor",
            member=pulumi.Output.format("serviceAccount:{0}-compute@developer.gserviceaccount.com", self.number),
            opts=self.child(depends_on=[compute]),
        )

    def _account(self, name: str, api: str, service: Service) -> pulumi.Resource:
        """The last thing to wait for before an API's account is granted something."""
        agent = SERVICE_AGENTS.get(api)
        if agent is None or not agent.requested:
            return service
        identity = ServiceIdentity(
            logical(name, f"{_short(api)}-agent"), project=self.id, service=api, opts=self.child(depends_on=[service])
        )
        if agent.role is None:
            return identity
        return IAMMember(
            logical(name, f"{_short(api)}-agent"),
            project=self.id,
            role=agent.role,
            # By its number: the request does not tell the address of every account.
            member=service_agent(api, self.number),
            # In an existing project it may have had the role before, and others need it after us.
            opts=self.child(depends_on=[identity], retain_on_delete=True),
        )

    def _audit(self, name: str, settings: ProjectSettings, after: list[pulumi.Resource]) -> None:
        kinds = ["ADMIN_READ", *(["DATA_READ", "DATA_WRITE"] if settings.audit_data_access else [])]
        IAMAuditConfig(
            logical(name, "audit"),
            project=self.id,
            service="allServices",
            audit_log_configs=[{"log_type": kind} for kind in kinds],
            # What others do in an existing project is logged after us, too.
            opts=self.child(depends_on=after, retain_on_delete=not settings.create),
        )

    def _contact(self, name: str, settings: ProjectSettings) -> None:
        Contact(
            logical(name, "contact"),
            parent=pulumi.Output.format("projects/{0}", self.number),
            email=settings.contact,
            language_tag="en",
            notification_category_subscriptions=["ALL"],
            opts=self.child(provider=self.provider, depends_on=[self.apis[_CONTACTS]]),
        )


def _short(api: str) -> str:
    return api.removesuffix(".googleapis.com")
