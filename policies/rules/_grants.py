"""What gives somebody a role on Google Cloud: the resource types, and how rules read who is given what."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource, type_of

ACCOUNT: Final = "gcp:serviceaccount/account:Account"
PROJECT: Final = "gcp:organizations/project:Project"
POOL: Final = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"
NODE_POOL: Final = "gcp:container/nodePool:NodePool"
CLUSTER: Final = "gcp:container/cluster:Cluster"

_GRANTED_ON: Final = (
    "artifactregistry/repositoryIam", "bigquery/datasetIam", "billing/accountIam", "binaryauthorization/attestorIam",
    "cloudbuildv2/connectionIAM", "cloudfunctionsv2/functionIam", "cloudrunv2/jobIam", "cloudrunv2/serviceIam",
    "compute/backendServiceIam", "compute/diskIam", "compute/imageIam", "compute/instanceIAM", "compute/snapshotIam",
    "compute/subnetworkIAM", "dns/dnsManagedZoneIam", "endpoints/serviceIam", "folder/iAM", "gkebackup/backupPlanIam",
    "gkebackup/restorePlanIam", "gkehub/membershipIam", "iam/workloadIdentityPoolIam", "kms/cryptoKeyIAM",
    "kms/keyRingIAM", "logging/logViewIam", "organizations/iAM", "projects/iAM", "pubsub/schemaIam",
    "pubsub/subscriptionIAM", "pubsub/topicIAM", "secretmanager/regionalSecretIam", "secretmanager/secretIam",
    "serviceaccount/iAM", "storage/bucketIAM", "storage/managedFolderIam",
)  # fmt: skip
"""`<module>/<resource>` of pulumi_gcp that can be granted on, for all this project's APIs and their neighbours."""


def _tokens(kind: str) -> tuple[str, ...]:
    named = [f"{granted}{kind}" for granted in _GRANTED_ON]
    return tuple(f"gcp:{path}:{_class(path.partition('/')[2])}" for path in named)


def _class(name: str) -> str:
    return name[0].upper() + name[1:]


MEMBERS: Final = _tokens("Member")
"""One member is given one role; what others have stays."""
BINDINGS: Final = _tokens("Binding")
"""One role is given to these members, and taken from all others."""
POLICIES: Final = _tokens("Policy")
"""All roles on something are these, and no others."""
ABOVE_RESOURCES: Final = tuple(
    f"gcp:{where}/iAM{kind}:IAM{kind}"
    for where in ("folder", "organizations", "projects")
    for kind in ("Member", "Binding")
)
"""Grants on a project or on what is above it."""


def who(resource: Resource) -> Iterator[tuple[str, str]]:
    """Path and address of each member of a grant, e.g. ("member", "user:a@example.com").

    Raises:
        UnknownValueError: Who it is, is not known yet.
    """
    one = resource.get("member")
    if one is not None:
        yield "member", one
    for index, member in enumerate(resource.get("members", [])):
        yield f"members[{index}]", member


def of_an_account(resource: Resource) -> bool:
    """Whether the member is taken from an account, a project or a pool of the stack.

    That is known before the address is. What is taken from one of these names it, so it is nobody known by a fixed
    word, such as `allUsers`.
    """
    return any(resource.comes_from(path, ACCOUNT, PROJECT, POOL) for path in ("member", "members"))


def granted_to(capture: Capture, accounts: set[str]) -> list[Resource]:
    """The grants to accounts, by their URNs; known before the accounts' addresses are."""
    return [
        resource
        for resource in capture.of(*MEMBERS, *BINDINGS)
        if accounts & {urn for path in ("member", "members") for urn in resource.property_dependencies.get(path, ())}
    ]


def accounts_of(resource: Resource, *properties: str) -> set[str]:
    """URNs of the accounts that properties of a resource take from."""
    found = {urn for name in properties for urn in resource.property_dependencies.get(name, ())}
    return {urn for urn in found if type_of(urn) == ACCOUNT}


def accounts_of_nodes(capture: Capture) -> set[str]:
    """URNs of the accounts that nodes run as."""
    return {urn for pool in capture.of(NODE_POOL, CLUSTER) for urn in accounts_of(pool, "nodeConfig")}
