from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, Gcp

ACCOUNT = "gcp:serviceaccount/account:Account"
POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"


@pytest.mark.parametrize("account", ["short", "Orders1", "1orders", "orders-", "o" * 31])
def test_what_an_account_cannot_be_called(gcp: Gcp, account: str) -> None:
    assert "accountId" in gcp.wrong(ACCOUNT, accountId=account)


def test_an_account_has_an_address_and_another_number_each_time(project: Gcp) -> None:
    first = project.make(ACCOUNT, accountId="orders")
    assert first.out("email") == f"orders@{PROJECT}.iam.gserviceaccount.com"
    assert first.out("member") == f"serviceAccount:{first.out('email')}"
    project.delete(first)
    assert project.make(ACCOUNT, accountId="orders").out("uniqueId") != first.out("uniqueId")


def test_an_account_is_named_in_full_and_granted_with_roles_of_iam(project: Gcp) -> None:
    account = project.make(ACCOUNT, accountId="orders")
    grant = {"member": "user:ana@example.com", "role": "roles/iam.serviceAccountUser"}
    token = "gcp:serviceaccount/iAMMember:IAMMember"
    assert "serviceAccountId" in project.wrong(token, serviceAccountId="orders", **grant)
    wrong = {**grant, "role": "roles/storage.admin"}
    assert "a role of iam" in project.refused(token, serviceAccountId=account.out("name"), **wrong)
    project.make(token, serviceAccountId=account.out("name"), **grant)


@pytest.mark.parametrize("pool", ["gcp-pool", "abc", "Pool", "p" * 33])
def test_what_a_pool_cannot_be_called(gcp: Gcp, pool: str) -> None:
    assert "workloadIdentityPoolId" in gcp.wrong(POOL, workloadIdentityPoolId=pool)


def test_a_deleted_pool_keeps_its_name(project: Gcp) -> None:
    project.delete(project.make(POOL, workloadIdentityPoolId="bitbucket"))
    assert "409" in project.refused(POOL, workloadIdentityPoolId="bitbucket")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"attributeMapping": {"attribute.repository": "assertion.repositoryUuid"}}, "google.subject"),
        ({"attributeMapping": {"google.subject": "assertion.sub", "repository": "x"}}, "attribute.NAME"),
        ({"attributeCondition": "attribute.repository == '{1}'"}, "does not map"),
        ({"oidc": {"issuerUri": "http://example.com"}}, "issuerUri"),
        ({"oidc": None}, "one of"),
        ({"oidc": {"issuerUri": "https://example.com", "allowedAudiences": ["a"] * 11}}, "at most 10"),
    ],
)
def test_what_a_provider_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {
        "workloadIdentityPoolId": "bitbucket",
        "workloadIdentityPoolProviderId": "pipelines",
        "attributeMapping": {"google.subject": "assertion.sub"},
        "oidc": {"issuerUri": "https://example.com"},
        **inputs,
    }
    assert said in gcp.wrong(PROVIDER, **{name: value for name, value in given.items() if value is not None})


def test_a_provider_is_in_a_pool(project: Gcp) -> None:
    said = project.refused(
        PROVIDER,
        workloadIdentityPoolId="none",
        workloadIdentityPoolProviderId="pipelines",
        attributeMapping={"google.subject": "assertion.sub"},
        oidc={"issuerUri": "https://example.com"},
    )
    assert "404" in said
