"""Delivery: one repository, one account for each trigger with as little as it needs, and tokens nobody else reads."""

import re
from typing import Any

import pytest

from infra import state
from infra.components import delivery, delivery_roles, delivery_steps
from infra.components.delivery import Delivery, DeliveryArgs
from infra.components.registry import Registry, RegistryArgs
from infra.settings import ROOT
from tests.unit.infra.gcp_parts import APIS, NAMES, gcp_settings, make_keys, make_project
from tests.unit.infra.recorder import Recording, run


def record(stack: str = "dev", **changes: Any) -> Recording:
    settings = gcp_settings(stack, delivery=changes)

    def program() -> None:
        project = make_project(settings, (*APIS, *delivery.APIS))
        registry = Registry(
            "registry",
            RegistryArgs(
                names=NAMES,
                settings=settings.registry,
                project=project.id,
                number=project.number,
                apis=project.apis,
                region=settings.region,
                keys=make_keys(settings, project),
            ),
        )
        Delivery(
            "delivery",
            DeliveryArgs(
                names=NAMES,
                settings=settings.delivery,
                project=project.id,
                number=project.number,
                apis=project.apis,
                region=settings.region,
                registry=registry,
                nodes="projects/atm-dev/serviceAccounts/nodes@atm-dev.iam.gserviceaccount.com",
                state=state.of(NAMES, settings),
                after=[registry],
            ),
        )

    return run(program)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record()


def grants(recording: Recording, of: str) -> dict[str, dict[str, Any]]:
    """What the account with an address that starts so was granted, by logical name."""
    return {
        r.name: r.inputs
        for r in recording.resources
        if r.typ[:4] == "gcp:" and r.inputs.get("member", "").startswith(f"serviceAccount:{of}")
    }


def roles(recording: Recording, of: str) -> set[str]:
    return {grant["role"] for grant in grants(recording, of).values()}


PULL_REQUEST = "atm-dev-ci-pull-request@"
DEVELOP = "atm-dev-ci-develop@"


class TestTheConnection:
    def test_names_a_version_of_each_secret(self, recording: Recording) -> None:
        bitbucket = recording.inputs("Connection", "delivery")["bitbucketCloudConfig"]
        named = {
            bitbucket["authorizerCredential"]["userTokenSecretVersion"],
            bitbucket["readAuthorizerCredential"]["userTokenSecretVersion"],
            bitbucket["webhookSecretSecretVersion"],
        }
        assert len(named) == 3
        for version in named:
            assert re.fullmatch(r"projects/[^/]+/secrets/bitbucket-[a-z]+/versions/\d+", version)

    def test_waits_until_cloud_build_may_read_them(self, recording: Recording) -> None:
        assert recording.depends_on("Connection", "delivery") >= {
            f"SecretIamMember delivery-agent-{secret}" for secret in state.BITBUCKET
        }

    def test_no_token_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the program never had, its state can't hold."""
        asked = []
        call = Recording.call

        def watched(self: Recording, args: Any) -> Any:
            if "getSecretVersion" in args.token:
                asked.append(args.args)
            return call(self, args)

        monkeypatch.setattr(Recording, "call", watched)
        record()
        assert {request["secret"] for request in asked} == set(state.BITBUCKET)
        assert all(request["fetchSecretData"] is False for request in asked)

    def test_is_where_the_triggers_are(self) -> None:
        elsewhere = record(region="europe-west1")
        places = {
            r.inputs["location"]
            for r in elsewhere.resources
            if r.typ.rpartition(":")[2] in {"Connection", "Trigger"} and r.typ[:4] == "gcp:"
        } | {elsewhere.inputs("Repository", "delivery-repository")["location"]}
        assert places == {"europe-west1"}

    def test_leads_to_the_one_repository(self, recording: Recording) -> None:
        uri = recording.inputs("Repository", "delivery-repository")["remoteUri"]
        assert uri == "https://bitbucket.org/example/a-tu-mano.git"


class TestATrigger:
    def test_takes_the_named_branch_alone(self) -> None:
        cases = {"a": ("develop", "develop-old"), "b": ("old", "my-old"), "c": ("release/1.0", "release/1x0")}
        pushes = {name: {"branch": branch} for name, (branch, _) in cases.items()}
        requests = {f"{name}-request": pushed | {"pullRequest": True} for name, pushed in pushes.items()}
        made = record(triggers=pushes | requests)
        for name, (found, missed) in cases.items():
            push = made.inputs("Trigger", f"delivery-{name}")["repositoryEventConfig"]["push"]["branch"]
            request = made.inputs("Trigger", f"delivery-{name}-request")["repositoryEventConfig"]["pullRequest"][
                "branch"
            ]
            assert push == request
            assert re.search(push, found)
            assert not re.search(push, missed)

    def test_of_a_pull_request_from_outside_wants_a_comment(self, recording: Recording) -> None:
        event = recording.inputs("Trigger", "delivery-pull-request")["repositoryEventConfig"]["pullRequest"]
        assert event["commentControl"] == "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"

    def test_of_production_wants_approval(self) -> None:
        trigger = record("prod").inputs("Trigger", "delivery-production")
        assert trigger["approvalConfig"] == {"approvalRequired": True}

    def test_has_its_steps_with_it(self, recording: Recording) -> None:
        """A pull request could change a file."""
        for name in ("delivery-pull-request", "delivery-develop"):
            trigger = recording.inputs("Trigger", name)
            assert trigger["build"]["steps"]
            assert not {"filename", "gitFileSource", "triggerTemplate"} & trigger.keys()

    def test_runs_as_an_account_of_its_own(self, recording: Recording) -> None:
        accounts = [
            recording.inputs("Trigger", name)["serviceAccount"]
            for name in ("delivery-pull-request", "delivery-develop")
        ]
        assert len(set(accounts)) == 2

    def test_is_made_after_its_account_has_its_rights(self, recording: Recording) -> None:
        assert "BucketIAMMember delivery-develop-state" in recording.depends_on("Trigger", "delivery-develop")

    def test_writes_its_log_to_cloud_logging_and_ends(self, recording: Recording) -> None:
        build = recording.inputs("Trigger", "delivery-develop")["build"]
        assert build["options"]["logging"] == "CLOUD_LOGGING_ONLY"
        assert build["timeout"] == "10800s"

    def test_machine_is_the_pools_own_unless_it_is_set(self, recording: Recording) -> None:
        assert "machineType" not in recording.inputs("Trigger", "delivery-develop")["build"]["options"]
        made = record(machine="E2_HIGHCPU_8")
        assert made.inputs("Trigger", "delivery-develop")["build"]["options"]["machineType"] == "E2_HIGHCPU_8"


class TestTheAccountOfAPullRequest:
    def test_changes_nothing(self, recording: Recording) -> None:
        reading = re.compile(r".*([vV]iewer|logWriter|serviceUsageConsumer|Decrypter|secretAccessor)")
        assert all(reading.fullmatch(role) for role in roles(recording, PULL_REQUEST))
        assert delivery_roles.ENCRYPT not in roles(recording, PULL_REQUEST)

    def test_reads_no_secret_but_the_root_of_its_own_stack(self, recording: Recording) -> None:
        read = {
            (grant["project"], grant["secretId"])
            for grant in grants(recording, PULL_REQUEST).values()
            if grant["role"] == delivery_roles.READ_SECRET
        }
        assert read == {(state.of(NAMES, gcp_settings()).project, state.ROOT)}


class TestTheAccountOfADeployment:
    def test_can_give_nobody_a_right(self, recording: Recording) -> None:
        forbidden = re.compile(
            r"roles/(owner|editor|viewer|.*iamadmin|.*iamAdmin|iam\.(?!serviceAccountUser).*"
            r"|resourcemanager\..*|.*[sS]erviceAgent|cloudkms\.admin|cloudbuild\..*|secretmanager\.admin|storage\.admin)"
        )
        assert not [role for role in roles(recording, DEVELOP) if forbidden.fullmatch(role)]

    def test_acts_as_the_nodes_alone(self, recording: Recording) -> None:
        as_whom = [g for g in grants(recording, DEVELOP).values() if g["role"] == delivery_roles.ACT_AS]
        assert [grant["serviceAccountId"] for grant in as_whom] == [
            "projects/atm-dev/serviceAccounts/nodes@atm-dev.iam.gserviceaccount.com"
        ]

    def test_writes_images_to_the_stacks_repository_alone(self, recording: Recording) -> None:
        writing = [n for n, g in grants(recording, DEVELOP).items() if "artifactregistry" in g["role"]]
        assert writing == ["delivery-develop-images"]

    def test_uses_the_key_of_the_stacks_state_alone(self, recording: Recording) -> None:
        keys = {g["cryptoKeyId"] for g in grants(recording, DEVELOP).values() if "cloudkms" in g["role"]}
        assert keys == {state.of(NAMES, gcp_settings()).key(state.PULUMI_KEY)}


def test_only_cloud_build_itself_reads_the_tokens(recording: Recording) -> None:
    readers = {
        r.inputs["member"]
        for r in recording.resources
        if r.inputs.get("role") == delivery_roles.READ_SECRET and r.inputs["secretId"] in state.BITBUCKET
    }
    assert readers == {"serviceAccount:service-123456789012@gcp-sa-cloudbuild.iam.gserviceaccount.com"}


def test_those_named_may_approve() -> None:
    made = record(approvers=["group:leads@example.com"])
    approver = made.inputs("IAMMember", "delivery-approver-group:leads@example.com")
    assert approver["role"] == "roles/cloudbuild.builds.approver"


class TestTheSteps:
    def test_of_a_pull_request_work_on_no_stack(self) -> None:
        assert not [step for step in delivery_steps.PULL_REQUEST if step.of_stack]

    def test_of_a_push_are_in_the_order_of_a_release(self) -> None:
        assert [step.id for step in delivery_steps.PUSH] == ["checks", "end-to-end", "images", "deploy", "smoke"]

    def test_call_targets_that_there_are(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        known = set(re.findall(r"^([a-z0-9]+):", makefile, re.MULTILINE))
        assert {target for step in delivery_steps.PUSH for target in step.targets} <= known

    def test_tell_the_stack_only_to_those_that_work_on_it(self, recording: Recording) -> None:
        for step in recording.inputs("Trigger", "delivery-develop")["build"]["steps"]:
            assert ("STACK=dev" in step["args"][-1]) == (step["id"] in {"images", "deploy", "smoke"})

    def test_deploy_what_was_packaged(self, recording: Recording) -> None:
        steps = {s["id"]: s["args"][-1] for s in recording.inputs("Trigger", "delivery-develop")["build"]["steps"]}
        [packaged], [deployed] = (re.findall(r"A_TU_MANO_IMAGES=\S+", steps[name]) for name in ("images", "deploy"))
        assert packaged == deployed

    def test_run_in_images_with_a_version(self, recording: Recording) -> None:
        for step in recording.inputs("Trigger", "delivery-develop")["build"]["steps"]:
            assert re.search(r"@sha256:|:\S*\d", step["name"])
