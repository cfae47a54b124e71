"""What a project has of its own: enabled APIs, members, audit logs, service agents asked for, roles.

An API that is disabled needs no more than its name to be enabled; what it depends on is not enabled along with it here,
as the real one would: a component names every API it calls.
"""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import PROJECT, SERVICE, Cloud, Kind, Properties, Reference, Refused, Resource, Validation, fill
from local.gcp.rules import CUSTOM_ROLE, DELETION_POLICY, iam_member, known, settled, values, words
from local.gcp.services import agents

_APIS: Final = words(
    "accessapproval accesscontextmanager aiplatform anthos apikeys artifactregistry autoscaling backupdr bigquery "
    "bigquerystorage billingbudgets binaryauthorization certificatemanager cloudapis cloudasset cloudbilling "
    "cloudbuild clouddeploy clouderrorreporting cloudfunctions cloudidentity cloudkms cloudprofiler cloudquotas "
    "cloudresourcemanager cloudscheduler cloudtasks cloudtrace compute confidentialcomputing config container "
    "containeranalysis containerfilesystem containerscanning containersecurity containerthreatdetection datastore "
    "developerconnect dns domains essentialcontacts eventarc file firestore gkebackup gkeconnect gkehub iam "
    "iamcredentials iap identitytoolkit kmsinventory logging memcache mesh meshconfig meshtelemetry monitoring "
    "multiclusteringress multiclusterservicediscovery networkconnectivity networkmanagement networksecurity "
    "networkservices networktopology notebooks observability ondemandscanning opsconfigmonitoring orgpolicy osconfig "
    "oslogin policyanalyzer policysimulator policytroubleshooter privateca privilegedaccessmanager pubsub recommender "
    "redis run runtimeconfig secretmanager securitycenter securityposture servicecontrol servicedirectory "
    "servicemanagement servicenetworking serviceusage source sourcerepo spanner sql-component sqladmin stackdriver "
    "storage storage-api storage-component storagetransfer sts telemetry trafficdirector vpcaccess websecurityscanner "
    "workflows workloadmanager workstations"
)
"""Names before `.googleapis.com`. Source: cloud.google.com/service-usage/docs; `gcloud services list --available`."""

_WITHOUT_BILLING: Final = words(
    "apikeys billingbudgets cloudapis cloudbilling cloudidentity cloudresourcemanager cloudtrace essentialcontacts iam "
    "iamcredentials logging monitoring orgpolicy pubsub servicemanagement serviceusage sts storage-api "
    "storage-component storage"
)
"""APIs that a project without a billing account may enable."""

_NEEDED_BY: Final = {
    "binaryauthorization": ("container",),
    "cloudkms": ("kmsinventory",),
    "compute": ("container", "gkebackup", "trafficdirector", "vpcaccess"),
    "container": ("gkebackup", "gkehub"),
    "containeranalysis": ("binaryauthorization", "containerscanning"),
    "monitoring": ("container",),
    "logging": ("container", "cloudbuild"),
    "pubsub": ("container", "cloudscheduler"),
}
"""Which APIs Google does not leave without another. Source: serviceusage, method services.disable."""

_NOT_IN_PROJECTS: Final = ("resourcemanager.organizations.", "resourcemanager.folders.", "billing.accounts.")
_PERMISSIONS: Final = 3000


def _short(api: str) -> str:
    return api.removesuffix(".googleapis.com")


def _api(resource: Resource, cloud: Cloud) -> Iterator[Refused | str]:
    api = str(resource.get("service"))
    if not api.endswith(".googleapis.com") or _short(api) not in _APIS:
        yield Refused(
            403,
            f"Not found or permission denied for service(s): {api}. Check its name against "
            "`gcloud services list --available`; one that this emulated cloud does not know yet is added to "
            "local/gcp/services/projects.py.",
        )
    project = cloud.find((PROJECT,), resource.project)
    if project is not None and not project.get("billingAccount") and _short(api) not in _WITHOUT_BILLING:
        yield (
            f"Billing account for project '{cloud.project_number(resource.project)}' is not found. Billing must be "
            f"enabled for activation of service(s) '{api}' to proceed. Set the project's billingAccount."
        )


def _needed(resource: Resource, cloud: Cloud) -> Iterator[str]:
    if resource.get("disableOnDestroy") and not resource.get("disableDependentServices"):
        for other in _NEEDED_BY.get(_short(str(resource.get("service"))), ()):
            if cloud.enabled(resource.project, f"{other}.googleapis.com"):
                yield (
                    f"The service {resource.get('service')} is depended on by the following active service(s): "
                    f"{other}.googleapis.com; provide disableDependentServices to disable them along with it."
                )


def _email(resource: Resource, cloud: Cloud) -> Properties:
    number = cloud.project_number(resource.project)
    for agent in sorted(agents.AGENTS, key=lambda one: one.on != "identity"):
        if agent.api == resource.get("service"):
            email = fill(agent.email, {"number": number, "project": resource.project})
            return {"email": email, "member": f"serviceAccount:{email}"}
    # Google tells nothing of a service without an agent.
    return {"email": "", "member": ""}


def _enabled(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    if not cloud.enabled(resource.project, str(resource.get("service"))):
        yield Refused(
            403,
            f"{resource.get('service')} has not been used in project {cloud.project_number(resource.project)} before "
            "or it is disabled. Enable it with gcp.projects.Service, and let this depend on it.",
        )


def _permissions(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/iam/docs/understanding-custom-roles."""
    given = known(properties, "permissions") or []
    if len(given) > _PERMISSIONS:
        yield f"permissions has {len(given)}; at most {_PERMISSIONS} are allowed."
    for where, value in values(properties, "permissions.*"):
        if str(value).startswith(_NOT_IN_PROJECTS) or value == "resourcemanager.projects.list":
            yield f"{where}: permission {value} is not valid in a role of a project."


def _shorter(path: str, longest: int) -> Validation:
    def check(properties: Properties) -> Iterator[str]:
        if len(str(known(properties, path) or "")) > longest:
            yield f"{path} is longer than {longest} characters."

    return check


KINDS: Final = (
    Kind(
        token=SERVICE,
        id="{project}/{service}",
        api=None,
        source="cloud.google.com/service-usage/docs/reference/rest/v1/services/enable",
        names=(),
        immutable=frozenset({"project", "service"}),
        values={"service": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+"), "deletionPolicy": DELETION_POLICY},
        references=(Reference(path="project", to=(PROJECT,), holds=False),),
        rules=(_api,),
        deletion_rules=(_needed,),
        adopts=True,
    ),
    iam_member(
        "gcp:projects/iAMMember:IAMMember",
        Reference(path="project", to=(PROJECT,), holds=False, status=403),
        id="{project}",
        api="cloudresourcemanager.googleapis.com",
        source="cloud.google.com/resource-manager/reference/rest/v1/projects/setIamPolicy",
    ),
    Kind(
        # Takes what Google gave by itself; deleting it gives nothing back.
        token="gcp:projects/iamMemberRemove:IamMemberRemove",
        id="{project}/{member}/{role}",
        api="cloudresourcemanager.googleapis.com",
        source="cloud.google.com/resource-manager/reference/rest/v1/projects/setIamPolicy",
        names=(),
        immutable=frozenset({"member", "project", "role"}),
        references=(Reference(path="project", to=(PROJECT,), holds=False, status=403),),
        adopts=True,
    ),
    Kind(
        token="gcp:projects/iAMAuditConfig:IAMAuditConfig",
        id="{project}/audit_config/{service}",
        api="cloudresourcemanager.googleapis.com",
        source="cloud.google.com/logging/docs/audit/configure-data-access",
        names=(),
        # The provider would change the service in place and leave the old one's configuration behind.
        immutable=frozenset({"project", "service"}),
        values={
            "service": re.compile(r"allServices|[a-z0-9-]+\.googleapis\.com"),
            "auditLogConfigs.*.logType": words("ADMIN_READ DATA_READ DATA_WRITE"),
        },
        references=(Reference(path="project", to=(PROJECT,), holds=False, status=403),),
        adopts=True,
        outputs=lambda resource, _: {"etag": "Bw" + resource.hexadecimal(9, "policy") + "="},
    ),
    Kind(
        token="gcp:projects/serviceIdentity:ServiceIdentity",
        id="projects/{project}/services/{service}",
        api=None,
        source="cloud.google.com/service-usage/docs/reference/rest/v1beta1/services/generateServiceIdentity",
        names=(),
        immutable=frozenset({"project", "service"}),
        values={"service": re.compile(r"[a-z0-9-]+\.googleapis\.com")},
        rules=(_enabled,),
        adopts=True,
        outputs=_email,
    ),
    Kind(
        # Deleted, it is kept for 7 days; the provider takes it back under the same id, so the id is not lost.
        token=CUSTOM_ROLE,
        id="projects/{project}/roles/{roleId}",
        api="iam.googleapis.com",
        source="cloud.google.com/iam/docs/creating-custom-roles",
        names=("name",),
        immutable=frozenset({"project", "roleId"}),
        required=("roleId",),
        values={
            "roleId": re.compile(r"[a-zA-Z0-9_.]{3,64}"),
            "stage": words("ALPHA BETA GA DEPRECATED DISABLED EAP"),
            "permissions.*": re.compile(r"[a-z][a-zA-Z0-9]*(\.[a-zA-Z0-9]+){2,}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_permissions, _shorter("title", 100), _shorter("description", 256)),
        defaults={"stage": "GA"},
        outputs=lambda resource, _: {"name": resource.id, "deleted": False},
    ),
)
