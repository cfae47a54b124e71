"""The project: nothing of Google's defaults is left open, and nothing is used before it is there."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.components.project import APIS
from infra.components.service_agents import SERVICE_AGENTS
from local.gcp.services.agents import AGENTS
from tests.unit.infra.gcp_parts import gcp_settings, make_project
from tests.unit.infra.recorder import Recording, run

NUMBER = "123456789012"
EVERY_API = (*APIS, *SERVICE_AGENTS, "dns.googleapis.com")


def recorded(stack: str = "dev", apis: tuple[str, ...] = EVERY_API, **changes: Any) -> Recording:
    def program() -> None:
        make_project(gcp_settings(stack, **changes), apis)

    return run(program)


@pytest.fixture(scope="module")
def dev() -> Recording:
    return recorded()


@pytest.fixture(scope="module")
def existing() -> Recording:
    return recorded(project={"create": False, "id": "somebody-else"})


def enabled(recording: Recording) -> dict[str, str]:
    """Logical name of the resource that enables an API."""
    return {r.inputs["service"]: r.name for r in recording.resources if r.typ.endswith(":Service")}


def waits_for(recording: Recording, kind: str, name: str) -> set[str]:
    """Everything a resource waits for, directly or not."""
    seen: set[str] = set()
    ahead = [f"{kind} {name}"]
    while ahead:
        for found in recording.depends_on(*ahead.pop().split(" ")) - seen:
            seen.add(found)
            if not found.startswith("gcp "):
                ahead.append(found)
    return seen


def test_a_project_of_our_own_has_no_default_network_and_is_paid_for(dev: Recording) -> None:
    assert dev.inputs("Project", "project") == {
        "projectId": "atm-dev-b86d5c",
        "name": "atm-dev-b86d5c",
        "billingAccount": "0A0A0A-0B0B0B-0C0C0C",
        "autoCreateNetwork": False,
        "deletionPolicy": "PREVENT",
    }


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("organizations/123456789012", {"orgId": "123456789012"}),
        ("folders/210987654321", {"folderId": "210987654321"}),
        (None, {}),
    ],
)
def test_a_project_has_one_parent_at_most(parent: str | None, expected: dict[str, str]) -> None:
    inputs = recorded(project={"parent": parent}).inputs("Project", "project")
    assert {name: inputs[name] for name in ("orgId", "folderId") if name in inputs} == expected


@pytest.mark.parametrize("protect", [True, False])
def test_one_switch_protects_the_project(protect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    recording = recorded(protect=protect)
    assert recording.request("Project", "project").protect is protect
    assert recording.inputs("Project", "project")["deletionPolicy"] == ("PREVENT" if protect else "DELETE")


def test_an_existing_project_is_taken_as_it_is(existing: Recording) -> None:
    kinds = {resource.typ.rpartition(":")[2] for resource in existing.resources if resource.typ.startswith("gcp:")}
    assert kinds == {"Service", "ServiceIdentity", "IAMMember", "IAMAuditConfig", "Contact"}
    assert {r.inputs["project"] for r in existing.resources if "project" in r.inputs} == {"somebody-else"}
    assert existing.inputs("Contact", "project-contact")["parent"] == f"projects/{NUMBER}"
    assert existing.request("IAMAuditConfig", "project-audit").retainOnDelete


def test_every_api_is_enabled_once_and_left_enabled(dev: Recording) -> None:
    assert enabled(dev).keys() == {*EVERY_API}
    for resource in dev.resources:
        if resource.typ.endswith(":Service"):
            assert resource.inputs["disableOnDestroy"] is False


def test_apis_wait_for_those_that_enable_them_and_for_the_default_account(dev: Recording) -> None:
    first = {"Service project-cloudresourcemanager", "Service project-serviceusage"}
    for api, name in enabled(dev).items():
        waited = dev.depends_on("Service", name)
        if f"Service {name}" in first:
            assert not [other for other in waited if other.startswith("IamMemberRemove")], api
        elif api == "compute.googleapis.com":
            assert waited >= first
        else:
            assert waited >= {*first, "IamMemberRemove project-default-account"}, api


def test_the_account_of_compute_engine_loses_editor(dev: Recording) -> None:
    assert dev.inputs("IamMemberRemove", "project-default-account") == {
        "project": "atm-dev-b86d5c",
        "role": "roles/editor",
        "member": f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com",
    }
    assert "Service project-compute" in dev.depends_on("IamMemberRemove", "project-default-account")


@pytest.mark.parametrize("api", [api for api, agent in SERVICE_AGENTS.items() if agent.requested])
def test_an_account_of_google_is_asked_for_after_its_api_and_gets_its_role(dev: Recording, api: str) -> None:
    short = api.removesuffix(".googleapis.com")
    assert dev.inputs("ServiceIdentity", f"project-{short}-agent")["service"] == api
    assert f"Service project-{short}" in dev.depends_on("ServiceIdentity", f"project-{short}-agent")
    agent = SERVICE_AGENTS[api]
    if agent.role is not None:
        assert dev.inputs("IAMMember", f"project-{short}-agent") == {
            "project": "atm-dev-b86d5c",
            "role": agent.role,
            "member": f"serviceAccount:service-{NUMBER}@{agent.domain}.iam.gserviceaccount.com",
        }
        assert f"ServiceIdentity project-{short}-agent" in dev.depends_on("IAMMember", f"project-{short}-agent")
        # Others in an existing project need it after the stack is gone.
        assert dev.request("IAMMember", f"project-{short}-agent").retainOnDelete


def test_accounts_of_apis_that_are_not_enabled_are_not_asked_for() -> None:
    recording = recorded(apis=("dns.googleapis.com",))
    assert not [line for line in recording.inventory() if "ServiceIdentity" in line]


@pytest.mark.parametrize(
    ("data_access", "kinds"), [(True, ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]), (False, ["ADMIN_READ"])]
)
def test_access_is_logged(data_access: bool, kinds: list[str]) -> None:  # noqa: FBT001 - a parameter of the test
    recording = recorded(project={"auditDataAccess": data_access})
    assert recording.inputs("IAMAuditConfig", "project-audit") == {
        "project": "atm-dev-b86d5c",
        "service": "allServices",
        "auditLogConfigs": [{"logType": kind} for kind in kinds],
    }


def test_the_contact_is_told_everything_and_its_call_is_charged_to_the_project(dev: Recording) -> None:
    assert dev.inputs("Contact", "project-contact") == {
        "parent": f"projects/{NUMBER}",
        "email": "platform@example.com",
        "languageTag": "en",
        "notificationCategorySubscriptions": ["ALL"],
    }
    assert "Service project-essentialcontacts" in waits_for(dev, "Contact", "project-contact")
    assert dev.request("Contact", "project-contact").provider.split("::")[-2] == "project-provider"
    provider = dev.inputs_of_provider("project-provider")
    assert provider["billingProject"] == provider["project"] == "atm-dev-b86d5c"
    assert provider["userProjectOverride"] in (True, "true")
    assert provider["region"] == "us-central1"


def test_nothing_is_owned_or_edited_by_anybody(dev: Recording) -> None:
    granted = [r.inputs["role"] for r in dev.resources if r.typ.endswith("iAMMember:IAMMember")]
    assert granted
    assert all(role.endswith(".serviceAgent") for role in granted)


def test_the_emulated_cloud_knows_the_accounts_by_the_same_names() -> None:
    emulated = {(agent.api, agent.email): agent.on for agent in AGENTS}
    for api, agent in SERVICE_AGENTS.items():
        made = emulated[api, f"service-{{number}}@{agent.domain}.iam.gserviceaccount.com"]
        assert agent.requested or made == "enable", f"{api}: nobody makes it"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    create=st.booleans(),
    parent=st.none() | st.sampled_from(["organizations/123456789012", "folders/123456789012"]),
    data_access=st.booleans(),
    protect=st.booleans(),
)
def test_for_all_settings_the_project_is_audited_and_open_to_nobody_by_default(
    create: bool,  # noqa: FBT001 - drawn by the test
    parent: str | None,
    data_access: bool,  # noqa: FBT001 - drawn by the test
    protect: bool,  # noqa: FBT001 - drawn by the test
) -> None:
    recording = recorded(
        project={"create": create, "id": "a-project-id", "parent": parent, "auditDataAccess": data_access},
        protect=protect,
    )
    made = [r.inputs for r in recording.resources if r.typ == "gcp:organizations/project:Project"]
    assert len(made) == int(create)
    for inputs in made:
        assert inputs["autoCreateNetwork"] is False
        assert len({"orgId", "folderId"} & inputs.keys()) == (parent is not None)
    removed = [r.inputs["role"] for r in recording.resources if r.typ.endswith(":IamMemberRemove")]
    assert removed == ["roles/editor"] * int(create)
    audit = recording.inputs("IAMAuditConfig", "project-audit")
    assert {"logType": "ADMIN_READ"} in audit["auditLogConfigs"]
    assert {r.inputs["project"] for r in recording.resources if "project" in r.inputs} == {"a-project-id"}
