"""`make doctor STACK=dev`: each thing that is missing is found before anything is created, and has its fix."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.naming import Naming
from infra.settings_models import StackSettings
from local import preflight
from local.doctor import Check
from local.preflight import Preflight
from tests.unit.infra.recorder import rehearsed_values

CPUS = [{"metric": "CPUS", "limit": 24, "usage": 0}, {"metric": "SSD_TOTAL_GB", "limit": 500, "usage": 0}]
ADDRESSES = [{"metric": "STATIC_ADDRESSES", "limit": 8, "usage": 0}]
REGION = {"quotas": [*CPUS, *ADDRESSES], "zones": ["a", "b", "c", "f"]}
RIGHTS = {"permissions": ["billing.budgets.create", "billing.resourceAssociations.create"]}
DELEGATED = {"Answer": [{"data": "ns-cloud-a1.googledomains.com."}]}


class Google:
    """Answers as it was told; what it was not told is not there."""

    def __init__(self, answers: Mapping[str, tuple[int, dict[str, Any]]], me: str | None = "me@example.com") -> None:
        self.answers, self.me, self.asked = answers, me, list[str]()

    def who(self) -> str | None:
        return self.me

    def call(self, method: str, url: str, _: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {url}")
        for part, answer in self.answers.items():
            if part in url:
                return answer
        return 404, {"error": {"message": "not found"}}


FINE: dict[str, tuple[int, dict[str, Any]]] = {
    "testIamPermissions": (200, RIGHTS),
    "billingAccounts": (200, {"open": True}),
    "v3/projects/": (200, {"state": "ACTIVE"}),
    "secretmanager": (200, {}),
    "/regions/": (200, REGION),
    "dns.google": (200, DELEGATED),
}


def checks(google: Google, stack: str = "dev", **gcp: Any) -> dict[str, Check]:
    values = rehearsed_values(stack)
    values["gcp"] |= gcp
    settings = StackSettings.model_validate(values)
    assert settings.gcp is not None
    looked = Preflight(stack=stack, gcp=settings.gcp, names=Naming(prefix="atm", stack=stack), google=google)
    return {check.what: check for check in looked.checks()}


def test_where_nothing_is_missing_nothing_is_advised() -> None:
    assert [check.what for check in checks(Google(FINE)).values() if check.advice] == []


def test_only_questions_are_asked() -> None:
    google = Google(FINE)
    checks(google)
    assert all(call.startswith("GET ") or call.endswith(":testIamPermissions") for call in google.asked)


def test_without_credentials_the_way_to_log_in_is_the_last_word() -> None:
    found = checks(Google(FINE, me=None))
    assert "gcloud auth application-default login" in found["credentials"].advice
    assert "billing account" not in found


@pytest.mark.parametrize(
    ("answers", "what", "found", "advice"),
    [
        ({"billingAccounts": (403, {"error": {"message": "no"}})}, "billing account", "HTTP 403 no", "billing.user"),
        ({"billingAccounts": (200, {"open": False})}, "billing account", "closed", "Reopen"),
        (
            {"testIamPermissions": (200, {"permissions": ["billing.budgets.create"]})},
            "billing rights",
            "missing: billing.resourceAssociations.create",
            "roles/billing.user",
        ),
        ({"v3/projects/": (200, {"state": "DELETE_REQUESTED"})}, "project", "DELETE_REQUESTED", "undelete"),
        ({"v3/projects/": (0, {"error": "ConnectError: no route"})}, "state project", "somebody else's", ""),
        (
            {"/regions/": (200, {"quotas": [{"metric": "CPUS", "limit": 4, "usage": 1}, *CPUS[1:], *ADDRESSES]})},
            "quota CPUS",
            "3 free of what us-central1 may have",
            "12 are required at most",
        ),
        ({"/regions/": (403, {})}, "quotas", "known once the project is there", ""),
        ({"dns.google": (200, {})}, "domain", "not delegated", "registrar"),
        ({"secretmanager": (404, {})}, "secret bitbucket-read", "not there yet", "make bootstrap STACK=dev"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_fix(
    answers: dict[str, tuple[int, dict[str, Any]]], what: str, found: str, advice: str
) -> None:
    looked = checks(Google(answers | {part: answer for part, answer in FINE.items() if part not in answers}))
    assert found in looked[what].found
    assert advice in looked[what].advice


def test_a_regional_cluster_needs_its_nodes_in_three_zones() -> None:
    looked = checks(Google(FINE), "prod")
    assert "36 are required at most" in looked["quota CPUS"].advice


def test_an_existing_project_that_is_not_there_stops(capsys: pytest.CaptureFixture[str]) -> None:
    missing = FINE | {"v3/projects/": (404, {"error": {"message": "gone"}})}
    found = checks(
        Google(missing), project=rehearsed_values("dev")["gcp"]["project"] | {"create": False, "id": "mine-123"}
    )
    assert "Correct its id" in found["project"].advice
    assert preflight.show(list(found.values()), "dev") == 1
    assert "`make up STACK=dev` can't run yet: project." in capsys.readouterr().out


def test_a_region_in_which_a_new_account_can_not_build_is_told() -> None:
    assert "europe-west1" in checks(Google(FINE), region="europe-west3")["build region"].advice


@pytest.mark.parametrize(("machine", "number"), [("e2-standard-4", 4), ("e2-medium", 2), ("n2-highmem-16", 16)])
def test_cpus_of_a_machine_type(machine: str, number: int) -> None:
    assert preflight.vcpus(machine) == number
