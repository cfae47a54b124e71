from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import BILLING, PROJECT, Gcp

PROJECT_TOKEN = "gcp:organizations/project:Project"
MEMBER = "gcp:projects/iAMMember:IAMMember"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"projectId": "Shop"}, "projectId"),
        ({"name": "abc"}, "name"),
        ({"orgId": "1", "folderId": "2"}, "orgId,folderId"),
        ({"deletionPolicy": "KEEP"}, "deletionPolicy"),
        ({"labels": {"Stack": "dev"}}, "labels"),
    ],
)
def test_what_a_project_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(PROJECT_TOKEN, **{"projectId": PROJECT, "name": "A Tu Mano", **inputs})


def test_a_project_needs_a_billing_account_that_there_is(gcp: Gcp) -> None:
    said = gcp.refused(PROJECT_TOKEN, projectId=PROJECT, name="Shop", billingAccount="000000-000000-000000")
    assert said.startswith("403")
    assert "billing.resourceAssociations.create" in said


def test_deleting_the_default_network_needs_billing(gcp: Gcp) -> None:
    said = gcp.refused(PROJECT_TOKEN, projectId=PROJECT, name="Shop", autoCreateNetwork=False)
    assert "billing must be enabled" in said


def test_a_projects_id_has_no_word_of_googles(gcp: Gcp) -> None:
    assert "restricted word" in gcp.refused(PROJECT_TOKEN, projectId="my-google-shop", name="Shop")


def test_a_project_is_kept_until_its_policy_says_otherwise_and_its_id_is_taken_for_good(gcp: Gcp) -> None:
    project = gcp.make(PROJECT_TOKEN, projectId=PROJECT, name="Shop", billingAccount=BILLING)
    assert len(str(int(project.out("number")))) == 12
    assert "PREVENT" in gcp.kept(project)
    gcp.delete(gcp.change(project, deletionPolicy="DELETE"))
    assert "409" in gcp.refused(PROJECT_TOKEN, projectId=PROJECT, name="Shop")


def test_a_project_of_an_own_network_has_the_default_one_only_if_it_asks(gcp: Gcp) -> None:
    gcp.project(apis=False)
    with gcp.store.transaction() as world:
        assert not world.all("gcp:compute/network:Network")
        assert world.enabled(PROJECT, "compute.googleapis.com")


def test_an_api_has_to_be_one_and_some_need_billing(gcp: Gcp) -> None:
    gcp.make(PROJECT_TOKEN, projectId=PROJECT, name="Shop")
    service = "gcp:projects/service:Service"
    assert "Not found or permission denied" in gcp.refused(service, service="conatiner.googleapis.com")
    assert "Billing must be enabled" in gcp.refused(service, service="container.googleapis.com")
    gcp.make(service, service="iam.googleapis.com")


def test_an_api_that_others_need_is_not_disabled_without_them(project: Gcp) -> None:
    service = project.make("gcp:projects/service:Service", service="compute.googleapis.com", disableOnDestroy=True)
    assert "container.googleapis.com" in project.kept(service)
    project.delete(project.change(service, disableDependentServices=True))


@pytest.mark.parametrize(
    ("role", "member", "said"),
    [
        ("roles/storage.objectReader", "user:ana@example.com", "no such role"),
        ("storage.objectViewer", "user:ana@example.com", "is not a role"),
        ("roles/billing.user", "user:ana@example.com", "no role of a project"),
        (f"projects/{PROJECT}/roles/nothing", "user:ana@example.com", "does not exist"),
        ("roles/viewer", "serviceAccount:nobody@atm-dev-4f6a1c.iam.gserviceaccount.com", "does not exist"),
        ("roles/viewer", f"serviceAccount:{PROJECT}.svc.id.goog[shop/orders]", "Identity Pool does not exist"),
        (
            "roles/viewer",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
            "Identity Pool does not exist",
        ),
    ],
)
def test_whom_a_project_cannot_grant_what(project: Gcp, role: str, member: str, said: str) -> None:
    assert said in project.refused(MEMBER, project=PROJECT, role=role, member=member)


def test_a_member_has_a_kind(project: Gcp) -> None:
    assert "member" in project.wrong(MEMBER, project=PROJECT, role="roles/viewer", member="ana@example.com")


def test_a_basic_role_has_no_condition(project: Gcp) -> None:
    condition = {"title": "now", "expression": "true"}
    said = project.refused(MEMBER, project=PROJECT, role="roles/viewer", member="user:a@b.es", condition=condition)
    assert "condition" in said


def test_a_service_agent_is_there_with_its_api_or_once_asked_for(gcp: Gcp) -> None:
    made = gcp.project(apis=False)
    agent = f"serviceAccount:service-{made.out('number')}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    gke = f"serviceAccount:service-{made.out('number')}@container-engine-robot.iam.gserviceaccount.com"
    gcp.make("gcp:projects/service:Service", service="cloudresourcemanager.googleapis.com")
    wanted = {"project": PROJECT, "role": "roles/viewer"}
    assert "does not exist" in gcp.refused(MEMBER, member=gke, **wanted)
    for api in ("artifactregistry", "container"):
        gcp.make("gcp:projects/service:Service", service=f"{api}.googleapis.com")
    gcp.make(MEMBER, member=gke, **wanted)
    assert "ServiceIdentity" in gcp.refused(MEMBER, member=agent, **wanted)
    assert gcp.identity("artifactregistry").out("member") == agent
    gcp.make(MEMBER, member=agent, **wanted)


def test_an_identity_needs_its_api(gcp: Gcp) -> None:
    gcp.project(apis=False)
    said = gcp.refused("gcp:projects/serviceIdentity:ServiceIdentity", service="pubsub.googleapis.com")
    assert "has not been used" in said


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"roleId": "no-dashes"}, "roleId"),
        ({"roleId": None}, "roleId"),
        ({"permissions": ["everything"]}, "permissions"),
        ({"permissions": ["resourcemanager.projects.list"]}, "not valid in a role of a project"),
        ({"title": "t" * 101}, "title"),
        ({"stage": "FINAL"}, "stage"),
    ],
)
def test_what_a_role_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"roleId": "deployer", "title": "Deployer", "permissions": ["container.clusters.get"], **inputs}
    given = {name: value for name, value in given.items() if value is not None}
    assert said in gcp.wrong("gcp:projects/iAMCustomRole:IAMCustomRole", **given)


def test_a_contact_is_once_in_a_project_and_needs_its_api(gcp: Gcp) -> None:
    parent = gcp.project(apis=False).id
    contact = {
        "parent": parent,
        "email": "ana@example.com",
        "languageTag": "es",
        "notificationCategorySubscriptions": ["SECURITY"],
    }
    token = "gcp:essentialcontacts/contact:Contact"
    assert "Essential Contacts API has not been used" in gcp.refused(token, **contact)
    gcp.make("gcp:projects/service:Service", service="essentialcontacts.googleapis.com")
    gcp.make(token, **contact)
    assert "409" in gcp.refused(token, **contact)
    assert "email" in gcp.wrong(token, **{**contact, "email": "ana"})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"amount": {}}, "one of"),
        ({"amount": {"specifiedAmount": {"units": "150.5"}}}, "units"),
        ({"billingAccount": "mine"}, "billingAccount"),
        ({"budgetFilter": {"projects": ["projects/atm-dev"]}}, "projects/NUMBER"),
        ({"budgetFilter": {}}, "at least one of"),
        ({"thresholdRules": [{"thresholdPercent": -1.0}]}, "thresholdPercent"),
        ({"thresholdRules": [{"thresholdPercent": 1.0, "spendBasis": "SPENT"}]}, "spendBasis"),
        ({"allUpdatesRule": {"schemaVersion": "1.0"}}, "at least one of"),
        ({"allUpdatesRule": {"monitoringNotificationChannels": ["c"] * 6}}, "at most 5"),
    ],
)
def test_what_a_budget_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    budget = {"billingAccount": BILLING, "amount": {"specifiedAmount": {"units": "150"}}, **inputs}
    assert said in gcp.wrong("gcp:billing/budget:Budget", **budget)


def test_a_budget_needs_its_api_and_a_topic_that_there_is(gcp: Gcp) -> None:
    budget = {"billingAccount": BILLING, "amount": {"specifiedAmount": {"units": "150"}}}
    assert "Budget API" in gcp.refused("gcp:billing/budget:Budget", **budget)
    gcp.project()
    rule = {"allUpdatesRule": {"pubsubTopic": f"projects/{PROJECT}/topics/none"}}
    assert "404" in gcp.refused("gcp:billing/budget:Budget", **budget, **rule)
