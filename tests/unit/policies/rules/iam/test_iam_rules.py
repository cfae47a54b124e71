"""Who may do what: each rule of the area, passing, failing, unknown and unrelated."""

from pathlib import Path
from typing import Final

import pulumi_gcp
import pytest

from policies.capture import UNKNOWN, Capture
from policies.rules import RULES
from policies.rules._grants import BINDINGS, MEMBERS, POLICIES
from policies.rules.iam import (
    additive_grants,
    default_account_without_rights,
    federation_bound,
    image_writers,
    impersonation_on_accounts,
    no_account_keys,
    no_basic_roles,
    no_default_accounts,
    no_power_over_roles,
    no_public_members,
    nodes_least_privilege,
    workload_identity_bound,
)
from tests.unit.policies.rules.cases import GONE, added, changed, findings_of, four_cases, made, without

ON_PROJECT: Final = "gcp:projects/iAMMember:IAMMember"
ON_ACCOUNT: Final = "gcp:serviceaccount/iAMMember:IAMMember"
ON_IMAGES: Final = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
REMOVED: Final = "gcp:projects/iamMemberRemove:IamMemberRemove"
PROVIDER: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
SOMEBODY: Final = made(ON_PROJECT, role="roles/logging.logWriter", member="user:a@example.com")
WORKLOAD: Final = made(
    ON_ACCOUNT, role="roles/iam.workloadIdentityUser", member="serviceAccount:p-1.svc.id.goog[shop/orders]"
)
OUTSIDE: Final = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci"

test_no_basic_roles = four_cases(
    no_basic_roles.RULE,
    f"prod {ON_PROJECT} cluster-nodes-run",
    failing=[{"role": "roles/owner"}, {"role": "roles/editor"}, {"role": "roles/viewer"}],
    unknown=["role"],
)
test_no_public_members = four_cases(
    no_public_members.RULE,
    SOMEBODY,
    failing=[
        {"member": "allUsers"},
        {"member": "allAuthenticatedUsers"},
        lambda _: made(BINDINGS[0], members=["user:a@example.com", "allUsers"]),
    ],
    unknown=["member", lambda _: made(BINDINGS[0], members=[UNKNOWN])],
)
test_what_is_taken_from_an_account_is_not_everybody = four_cases(
    no_public_members.RULE,
    f"prod {ON_PROJECT} cluster-nodes-run",
    failing=[{"member": "allUsers"}],
    unknown=["member"],
)
test_additive_grants = four_cases(
    additive_grants.RULE,
    SOMEBODY,
    failing=[lambda _: made(BINDINGS[0], role="roles/x", members=[]), lambda _: made(POLICIES[0], policyData="{}")],
    unknown=[],
)
test_no_power_over_roles = four_cases(
    no_power_over_roles.RULE,
    SOMEBODY,
    passing=[{"role": "roles/container.admin"}, {"role": "roles/dns.reader"}],
    failing=[{"role": "roles/resourcemanager.projectIamAdmin"}, {"role": "roles/storage.admin"}],
    unknown=["role"],
)
test_impersonation_on_accounts = four_cases(
    impersonation_on_accounts.RULE,
    SOMEBODY,
    failing=[{"role": "roles/iam.serviceAccountUser"}, {"role": "roles/iam.serviceAccountTokenCreator"}],
    unknown=["role"],
)
test_no_account_keys = four_cases(
    no_account_keys.RULE,
    "prod",
    failing=[added(made("gcp:serviceaccount/key:Key", serviceAccountId="projects/p/serviceAccounts/a"))],
    unknown=[],
)
test_default_account_without_rights = four_cases(
    default_account_without_rights.RULE,
    "prod",
    failing=[
        without(REMOVED),
        changed(REMOVED, {"role": "roles/viewer"}),
        changed(REMOVED, {"project": "another"}),
        changed(REMOVED, {"member": "user:a@example.com"}),
    ],
    passing=[changed(REMOVED, {"member": "serviceAccount:1-compute@developer.gserviceaccount.com"})],
    unknown=[changed(REMOVED, {"role": UNKNOWN}), changed(REMOVED, {"member": UNKNOWN})],
)
test_no_default_accounts = four_cases(
    no_default_accounts.RULE,
    SOMEBODY,
    passing=[{"member": "serviceAccount:service-1@compute-system.iam.gserviceaccount.com"}],
    failing=[
        {"member": "serviceAccount:1-compute@developer.gserviceaccount.com"},
        {"member": "serviceAccount:p-1@appspot.gserviceaccount.com"},
        {"member": "serviceAccount:1@cloudbuild.gserviceaccount.com"},
    ],
    unknown=["member", "role"],
    not_applicable=[{"role": "roles/container.serviceAgent"}],
)
test_workload_identity_bound = four_cases(
    workload_identity_bound.RULE,
    WORKLOAD,
    passing=[
        {"member": f"principal:{OUTSIDE}/subject/one"},
        {"member": f"principalSet:{OUTSIDE}/attribute.environment/{{1-2}}"},
    ],
    failing=[
        {"member": f"principalSet:{OUTSIDE}/*"},
        {"member": f"principalSet:{OUTSIDE}/attribute.environment/*"},
        {"member": "serviceAccount:p-1.svc.id.goog[shop/*]"},
        {"member": "user:a@example.com"},
    ],
    unknown=["member", "role"],
    not_applicable=[{"role": "roles/iam.serviceAccountUser"}],
)
test_federation_bound = four_cases(
    federation_bound.RULE,
    f"prod {PROVIDER}",
    failing=[
        {"attributeCondition": GONE},
        {"attributeCondition": "true"},
        {"attributeCondition": "assertion.repositoryUuid == 'a' || assertion.deploymentEnvironmentUuid == 'b'"},
        {"attributeCondition": "assertion.repositoryUuid == 'a'"},
        {"attributeCondition": "assertion.deploymentEnvironmentUuid == 'b' && assertion.workspaceUuid == 'c'"},
        {"attributeCondition": "assertion.repositoryUuid != 'a' && assertion.deploymentEnvironmentUuid == 'b'"},
        {"oidc.allowedAudiences": []},
        {"oidc.issuerUri": "http://bitbucket.example"},
    ],
    unknown=["attributeCondition", "oidc.allowedAudiences", "oidc.issuerUri"],
)
test_nodes_least_privilege = four_cases(
    nodes_least_privilege.RULE,
    "prod",
    failing=[
        changed(f"{ON_PROJECT} cluster-nodes-run", {"role": "roles/storage.objectViewer"}),
        changed(f"{ON_IMAGES} cluster-nodes-pull", {"role": "roles/artifactregistry.writer"}),
    ],
    unknown=[changed(f"{ON_PROJECT} cluster-nodes-run", {"role": UNKNOWN})],
)
test_image_writers = four_cases(
    image_writers.RULE,
    "prod",
    failing=[
        changed(f"{ON_IMAGES} delivery-production-images", {"role": "roles/artifactregistry.admin"}),
        changed(f"{ON_IMAGES} delivery-production-images", {"member": "user:a@example.com"}),
        added(made(ON_IMAGES, role="roles/artifactregistry.writer", member="user:a@example.com")),
    ],
    passing=[added(made(ON_IMAGES, role="roles/artifactregistry.reader", member="user:a@example.com"))],
    unknown=[changed(f"{ON_IMAGES} delivery-production-images", {"role": UNKNOWN})],
)


@pytest.mark.parametrize("token", [*MEMBERS, *BINDINGS, *POLICIES])
def test_every_grant_is_of_a_type_there_is(token: str, sdk: str) -> None:
    assert f"'{token}'" in sdk


@pytest.fixture(scope="module")
def sdk() -> str:
    modules = {token.split(":")[1].partition("/")[0] for token in MEMBERS}
    files = [file for module in modules for file in (Path(pulumi_gcp.__file__).parent / module).glob("*iam*.py")]
    return "".join(file.read_text(encoding="utf-8") for file in files)


def test_every_grant_of_the_stacks_is_known(prod: Capture, dev: Capture) -> None:
    granted = {
        one.type for stack in (prod, dev) for one in stack.resources if one.type.endswith(("IAMMember", "IamMember"))
    }
    assert granted
    assert granted <= {*MEMBERS}


@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_the_area_finds_nothing_wrong_with_the_stacks(stack: str, request: pytest.FixtureRequest) -> None:
    capture: Capture = request.getfixturevalue(stack)
    wrong = [
        finding
        for rule in RULES
        if rule.id.startswith("iam-")
        for finding in findings_of(rule, capture)
        if finding.status == "violated"
    ]
    assert wrong == []
