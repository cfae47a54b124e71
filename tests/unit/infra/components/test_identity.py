"""Identities: one repository and one environment of Bitbucket, one Kubernetes account for each workload, no keys."""

from typing import Any

import pulumi
import pytest

from infra.components.identity import APIS, PIPELINE_ROLES, Identity, IdentityArgs, Workload
from tests.unit.infra.gcp_parts import NAMES, gcp_settings
from tests.unit.infra.recorder import Recording, run

REPOSITORY = "{22222222-2222-4222-8222-222222222222}"
ENVIRONMENT = "{33333333-3333-4333-8333-333333333333}"
"""As in Bitbucket's tokens, which the settings leave the braces out of."""
BROAD = {"roles/owner", "roles/editor", "roles/viewer", "roles/cloudbuild.builds.editor"}
WORKLOADS = {"reports": Workload(namespace="shop", account="orders", roles=("roles/pubsub.publisher",))}


def recorded(**workloads: Workload) -> tuple[Recording, dict[str, Any]]:
    told: dict[str, Any] = {}

    def program() -> None:
        identity = Identity(
            "identity",
            IdentityArgs(
                names=NAMES,
                settings=gcp_settings().delivery.bitbucket,
                project="atm-dev-1",
                number="123456789012",
                apis={api: pulumi.CustomResource("test:index:Api", api) for api in APIS},
                suffix="1",
                workload_pool="atm-dev-1.svc.id.goog",
                workloads=workloads,
            ),
        )
        pulumi.Output.all(pipeline=identity.pipeline, **identity.accounts).apply(told.update)

    return run(program), told


@pytest.fixture(scope="module")
def recording() -> Recording:
    return recorded()[0]


def test_only_tokens_of_the_workspaces_pipelines_are_looked_at(recording: Recording) -> None:
    assert recording.inputs("WorkloadIdentityPoolProvider", "identity-bitbucket")["oidc"] == {
        "issuerUri": "https://api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc",
        "allowedAudiences": ["ari:cloud:bitbucket::workspace/11111111-1111-4111-8111-111111111111"],
    }


def test_only_one_repository_and_one_environment_are_trusted(recording: Recording) -> None:
    provider = recording.inputs("WorkloadIdentityPoolProvider", "identity-bitbucket")
    assert provider["attributeCondition"] == (
        f"assertion.repositoryUuid == '{REPOSITORY}' && assertion.deploymentEnvironmentUuid == '{ENVIRONMENT}'"
    )
    assert provider["attributeMapping"]["attribute.environment"] == "assertion.deploymentEnvironmentUuid"
    use = recording.inputs("IAMMember", "identity-pipeline-use")
    assert use["role"] == "roles/iam.workloadIdentityUser"
    # Never the subject, which names a step and is another one in every run.
    assert use["member"] == (
        "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/atm-dev-ci-1"
        f"/attribute.environment/{ENVIRONMENT}"
    )


def test_what_the_pipeline_may_do_is_little(recording: Recording) -> None:
    granted = [r.inputs for r in recording.resources if r.typ == "gcp:projects/iAMMember:IAMMember"]
    assert [inputs["role"] for inputs in granted] == list(PIPELINE_ROLES)
    assert not BROAD & {inputs["role"] for inputs in granted}
    assert not [line for line in recording.inventory() if "Key" in line.split(":")[-1]]


def test_without_workloads_there_are_no_accounts_of_theirs(recording: Recording) -> None:
    accounts = [r.inputs["accountId"] for r in recording.resources if r.typ.endswith(":Account")]
    assert accounts == ["atm-dev-pipeline"]


def test_a_workload_has_an_account_that_one_kubernetes_account_may_use() -> None:
    recording, told = recorded(**WORKLOADS)
    email = "atm-dev-app-reports@atm-dev-1.iam.gserviceaccount.com"
    use = recording.inputs("IAMMember", "identity-app-reports-use")
    assert use["serviceAccountId"] == f"projects/atm-dev-1/serviceAccounts/{email}"
    assert use["role"] == "roles/iam.workloadIdentityUser"
    assert use["member"] == "serviceAccount:atm-dev-1.svc.id.goog[shop/orders]"
    granted = recording.inputs("IAMMember", "identity-app-reports-pubsub.publisher")
    assert granted["member"] == f"serviceAccount:{email}"
    assert told["reports"] == email


def test_a_new_pool_is_one_setting_away(recording: Recording) -> None:
    """Its id stays taken for 30 days after a deletion."""
    assert recording.inputs("WorkloadIdentityPool", "identity")["workloadIdentityPoolId"] == "atm-dev-ci-1"
