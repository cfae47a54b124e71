"""What becomes of checkov's answer."""

from pathlib import Path
from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.model import Finding, Status
from policies.second_opinion.completeness import Given
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.objects import objects
from policies.second_opinion.plan import plan
from policies.second_opinion.repository import Files
from policies.second_opinion.verdicts import verdicts

URN = "urn:pulumi:prod::a-tu-mano::"
KEY = URN + "gcp:kms/cryptoKey:CryptoKey::key"
REGISTRY = URN + "gcp:artifactregistry/repository:Repository::images"
CLUSTER = URN + "gcp:container/cluster:Cluster::cluster"
GRANT = URN + "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember::grant"
POD = URN + "kubernetes:core/v1:Pod::pod"
ADDRESSES = {
    KEY: "google_kms_crypto_key.key",
    REGISTRY: "google_artifact_registry_repository.images",
    CLUSTER: "google_container_cluster.cluster",
    GRANT: "google_kms_crypto_key_iam_member.grant",
}


def resource(urn: str, inputs: dict[str, Any], sources: dict[str, tuple[str, ...]] | None = None) -> Resource:
    return Resource(
        urn=urn, type=urn.split("::")[2], name=urn.split("::")[3], inputs=inputs, property_dependencies=sources or {},
        file="infra/components/x.py", line=7,
    )  # fmt: skip


STACK = Capture(
    stack="prod",
    project="a-tu-mano",
    source="program",
    resources=(
        resource(KEY, {"rotationPeriod": UNKNOWN, "purpose": "ENCRYPT_DECRYPT"}),
        resource(REGISTRY, {"kmsKeyName": UNKNOWN}, {"kmsKeyName": (KEY,)}),
        resource(
            CLUSTER, {"nodeConfig": {"serviceAccount": UNKNOWN, "shieldedInstanceConfig": {"enableSecureBoot": True}}}
        ),
        resource(GRANT, {"member": UNKNOWN}),
        resource(POD, {"kind": "Pod", "metadata": {"name": "pod", "namespace": "shop"}}),
    ),
)


@pytest.fixture
def given(tmp_path: Path) -> Given:
    (tmp_path / "a.py").write_text("one\ntwo\n", encoding="utf-8")
    files = Files(root=tmp_path, paths=("a.py", "Dockerfile"), hashes={})
    return Given(capture=STACK, plan=plan(STACK), objects=objects(STACK), files=files)


def answer(given: Given, google: Any = (), asks: Any = None, **parts: Any) -> dict[str, Any]:
    """An answer in which everything was judged."""
    root = given.files.root
    judged = {
        "terraform_plan": [f"/x/plan.json:{address}" for address in given.plan.planned],
        "kubernetes": [f"/x/manifests/{file}:Pod.shop.pod" for file in given.objects],
        "dockerfile": [str(root / "Dockerfile")],
        "bitbucket_pipelines": [],
        "secrets": [],
    }
    found = {framework: {"results": [], "judged": of, "asks": {}} for framework, of in judged.items()}
    found["terraform_plan"] |= {"results": [*google], "asks": asks or {}}
    for framework, part in parts.items():
        found[framework] |= part
    return found


def result(check: str, word: str, urn: str, *keys: str) -> dict[str, Any]:
    return {"check": check, "result": word, "resource": ADDRESSES[urn], "file": "plan.json", "line": 3, "keys": [*keys]}


def found(given: Given, said: dict[str, Any], check: str, resource: str) -> Finding:
    [one] = [f for f in verdicts(said, given).findings if f.check == check and f.resource == resource]
    return one


SECURE_BOOT = "node_config/[0]/shielded_instance_config/[0]/enable_secure_boot"
WORTH = [
    ("CKV_GCP_7", "PASSED", CLUSTER, "enable_legacy_abac", Status.COMPLIANT, ""),
    ("CKV_GCP_7", "FAILED", CLUSTER, "enable_legacy_abac", Status.VIOLATED, "it read `enableLegacyAbac`."),
    ("CKV_GCP_64", "PASSED", CLUSTER, "private_cluster_config", Status.NOT_APPLICABLE, "`gke-private-nodes` instead"),
    ("CKV_GCP_64", "FAILED", CLUSTER, "private_cluster_config", Status.VIOLATED, "Nodes have no public address"),
    ("CKV_GCP_12", "PASSED", CLUSTER, "network_policy/[0]/enabled", Status.NOT_APPLICABLE, "Dataplane V2"),
    ("CKV_GCP_12", "FAILED", CLUSTER, "network_policy/[0]/enabled", Status.NOT_APPLICABLE, "Dataplane V2"),
    ("CKV_GCP_43", "PASSED", KEY, "rotation_period", Status.NOT_EVALUATED, "`rotationPeriod` is not known"),
    ("CKV_GCP_43", "FAILED", KEY, "rotation_period", Status.NOT_EVALUATED, "`rotationPeriod` is not known"),
    ("CKV_GCP_84", "PASSED", REGISTRY, "kms_key_name", Status.COMPLIANT, ""),
    ("CKV_GCP_112", "PASSED", GRANT, "members", Status.NOT_EVALUATED, "`iam-no-public-members`"),
    ("CKV_GCP_68", "PASSED", CLUSTER, SECURE_BOOT, Status.COMPLIANT, ""),
]


@pytest.mark.parametrize("case", WORTH, ids=lambda case: f"{case[0]} {case[1]}")
def test_a_result_is_worth_what_the_catalogue_says(given: Given, case: tuple[str, str, str, str, Status, str]) -> None:
    check, word, urn, key, status, message = case
    one = found(given, answer(given, [result(check, word, urn, key)]), check, urn)
    assert (one.status, one.file, one.line) == (status, "infra/components/x.py", 7)
    assert message in one.message
    assert bool(one.message) is (status is not Status.COMPLIANT)


@pytest.mark.parametrize(
    ("check", "status", "message"),
    [
        ("CKV_GCP_82", Status.NOT_APPLICABLE, "stack-protection"),
        ("CKV_GCP_43", Status.NOT_EVALUATED, "comes to no result"),
    ],
)
def test_a_check_without_a_result_is_not_silently_missing(
    given: Given, check: str, status: Status, message: str
) -> None:
    one = found(given, answer(given, asks={"google_kms_crypto_key": [check]}), check, KEY)
    assert one.status is status
    assert message in one.message


def test_a_check_of_connected_resources_is_missed_too(given: Given) -> None:
    assert found(given, answer(given), "CKV2_GCP_6", KEY).status is Status.NOT_EVALUATED


def test_a_check_that_has_nothing_to_ask_says_so(given: Given) -> None:
    assert found(given, answer(given), "CKV_GCP_114", "stack").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("framework", "missing"),
    [
        ("terraform_plan", "google_kms_crypto_key.key"),
        ("kubernetes", "0000-Pod-shop-pod.yaml"),
        ("dockerfile", "Dockerfile"),
    ],
)
def test_what_was_passed_over_fails_the_run(given: Given, framework: str, missing: str) -> None:
    said = answer(given)
    said[framework]["judged"] = [one for one in said[framework]["judged"] if missing not in one]
    with pytest.raises(OpinionError, match=rf"as {framework}; it passed over .*{missing}\. All are required"):
        verdicts(said, given)


def test_a_check_that_the_catalogue_does_not_know_fails_the_run(given: Given) -> None:
    with pytest.raises(OpinionError, match="checkov fires CKV_GCP_999, of which"):
        verdicts(answer(given, [result("CKV_GCP_999", "PASSED", KEY)]), given)


def test_a_comment_that_skips_fails_the_run(given: Given) -> None:
    skipped = {
        "check": "CKV_DOCKER_3",
        "result": "SKIPPED",
        "resource": "x",
        "file": "Dockerfile",
        "line": 1,
        "keys": [],
    }
    with pytest.raises(OpinionError, match=r"Dockerfile: a comment .* skip CKV_DOCKER_3.*waivers\.yaml"):
        verdicts(answer(given, dockerfile={"results": [skipped]}), given)


def test_a_file_is_one_finding_of_its_first_wrong_line(given: Given) -> None:
    lines: list[dict[str, Any]] = [
        {"check": "CKV_SECRET_6", "result": "FAILED", "resource": "x", "file": "a.py", "line": line, "keys": []}
        for line in (2, 1)
    ]
    one = found(given, answer(given, secrets={"results": lines}), "CKV_SECRET_6", "a.py")
    assert (one.status, one.file, one.line) == (Status.VIOLATED, "a.py", 1)
    assert found(given, answer(given), "CKV_SECRET_6", "stack").status is Status.COMPLIANT


def test_facts_count_what_was_judged(given: Given) -> None:
    said = verdicts(answer(given), given)
    assert said.facts["judged"] == {"terraform_plan": 4, "kubernetes": 1, "dockerfile": 1, "bitbucket_pipelines": 0}
    assert any("flags of Kubernetes' own daemons" in note for note in said.notes)
