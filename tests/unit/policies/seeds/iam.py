"""Stacks in which somebody may do too much."""

from typing import Any, Final

from tests.unit.policies.seeds.seed import Seed

_ON_PROJECT: Final = "gcp:projects/iAMMember:IAMMember"
_ON_ACCOUNT: Final = "gcp:serviceaccount/iAMMember:IAMMember"
_ON_IMAGES: Final = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
_PROVIDER: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
_A: Final = "user:a@example.com"


def _added(type_: str, **inputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": "one-too-many", "inputs": inputs}


SEEDS: Final = [
    Seed(
        "a build is editor of the project",
        "iam-no-basic-roles",
        resource=f"{_ON_PROJECT} delivery-production-monitoring.editor",
        set={"role": "roles/editor"},
    ),
    Seed(
        "somebody is owner",
        "iam-no-basic-roles",
        add=_added(_ON_PROJECT, role="roles/owner", member=_A),
        finds=f"{_ON_PROJECT} one-too-many",
    ),
    Seed(
        "everybody may read the state",
        "iam-no-public-members",
        resource="gcp:storage/bucketIAMMember:BucketIAMMember delivery-production-state",
        set={"member": "allUsers"},
    ),
    Seed(
        "everybody with a Google account may read a secret",
        "iam-no-public-members",
        resource="gcp:secretmanager/secretIamMember:SecretIamMember delivery-production-root",
        set={"member": "allAuthenticatedUsers"},
    ),
    Seed(
        "a binding takes a role from Google's accounts",
        "iam-additive-grants",
        add=_added("gcp:projects/iAMBinding:IAMBinding", role="roles/logging.viewer", members=[_A]),
        finds="gcp:projects/iAMBinding:IAMBinding one-too-many",
    ),
    Seed(
        "a build may say who may do what",
        "iam-no-power-over-roles",
        resource=f"{_ON_PROJECT} delivery-production-dns.admin",
        set={"role": "roles/resourcemanager.projectIamAdmin"},
    ),
    Seed(
        "a build may act as every account",
        "iam-impersonation-on-accounts",
        resource=f"{_ON_PROJECT} delivery-production-logging.logWriter",
        set={"role": "roles/iam.serviceAccountTokenCreator"},
    ),
    Seed(
        "an account has a key",
        "iam-no-account-keys",
        add=_added("gcp:serviceaccount/key:Key", serviceAccountId="projects/p/serviceAccounts/a"),
        finds="gcp:serviceaccount/key:Key one-too-many",
    ),
    Seed(
        "Compute Engine's account stays editor",
        "iam-default-account-without-rights",
        resource="gcp:projects/iamMemberRemove:IamMemberRemove project-default-account",
        remove=["*"],
        finds="gcp:organizations/project:Project project",
    ),
    Seed(
        "Compute Engine's account may use a key",
        "iam-no-default-accounts",
        resource="gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember delivery-production-state-key",
        set={"member": "serviceAccount:123456789012-compute@developer.gserviceaccount.com"},
    ),
    Seed(
        "every pipeline of the workspace is the account",
        "iam-workload-identity-bound",
        resource=f"{_ON_ACCOUNT} identity-pipeline-use",
        set={
            "member": "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/atm-prod-ci-1/*"
        },
    ),
    Seed(
        "pipelines of every repository are trusted",
        "iam-federation-bound",
        resource=f"{_PROVIDER} identity-bitbucket",
        remove=["attributeCondition"],
    ),
    Seed(
        "pipelines of every branch are trusted",
        "iam-federation-bound",
        resource=f"{_PROVIDER} identity-bitbucket",
        set={"attributeCondition": "assertion.repositoryUuid == '{22222222-2222-4222-8222-222222222222}'"},
    ),
    Seed(
        "nodes may write images",
        "iam-nodes-least-privilege",
        resource=f"{_ON_IMAGES} cluster-nodes-pull",
        set={"role": "roles/artifactregistry.writer"},
    ),
    Seed(
        "somebody writes images by hand",
        "iam-image-writers",
        add=_added(_ON_IMAGES, role="roles/artifactregistry.writer", member=_A),
        finds=f"{_ON_IMAGES} one-too-many",
    ),
]
