from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, REGION, Gcp, Made

CONNECTION = "gcp:cloudbuildv2/connection:Connection"
REPOSITORY = "gcp:cloudbuildv2/repository:Repository"
TRIGGER = "gcp:cloudbuild/trigger:Trigger"
SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
IMAGES = "gcp:artifactregistry/repository:Repository"
AUTO: dict[str, Any] = {"auto": {}}
ROLE = "roles/secretmanager.secretAccessor"


def secret(gcp: Gcp, name: str, *, granted: bool = True) -> Made:
    made = gcp.make(SECRET, secretId=name, replication=AUTO)
    if granted:
        gcp.make(
            "gcp:secretmanager/secretIamMember:SecretIamMember",
            secretId=made.id,
            role=ROLE,
            member=gcp.identity("cloudbuild").out("member"),
        )
    return made


def connection(token: str, read: str, webhook: str, **inputs: Any) -> dict[str, Any]:
    config = {
        "workspace": "a-workspace",
        "authorizerCredential": {"userTokenSecretVersion": f"{token}/versions/1"},
        "readAuthorizerCredential": {"userTokenSecretVersion": f"{read}/versions/1"},
        "webhookSecretSecretVersion": f"{webhook}/versions/1",
        **inputs,
    }
    return {"name": "bitbucket", "location": REGION, "bitbucketCloudConfig": config}


@pytest.fixture
def linked(project: Gcp) -> Made:
    """A repository of a connection to Bitbucket."""
    secrets = [secret(project, name) for name in ("write", "read", "webhook")]
    for one in secrets:
        project.make(VERSION, secret=one.id, secretData="token")
    made = project.make(CONNECTION, **connection(*(one.id for one in secrets)))
    return project.make(
        REPOSITORY,
        name="shop",
        location=REGION,
        parentConnection=made.id,
        remoteUri="https://bitbucket.org/a-workspace/shop.git",
    )


def test_a_connection_needs_all_of_bitbuckets_secrets(gcp: Gcp) -> None:
    given = connection("projects/p/secrets/a", "projects/p/secrets/b", "projects/p/secrets/c")
    for name in given["bitbucketCloudConfig"]:
        config = {key: value for key, value in given["bitbucketCloudConfig"].items() if key != name}
        assert name in gcp.wrong(CONNECTION, **{**given, "bitbucketCloudConfig": config})
    wrong = connection("projects/p/secrets/a", "b", "projects/p/secrets/c")
    assert "does not match" in gcp.wrong(CONNECTION, **wrong)
    assert "one of" in gcp.wrong(CONNECTION, name="bitbucket", location=REGION)


def test_a_connection_reads_versions_that_there_are_and_that_its_agent_may_read(project: Gcp) -> None:
    secrets = [secret(project, name) for name in ("write", "read")]
    webhook = secret(project, "webhook", granted=False)
    inputs = connection(secrets[0].id, secrets[1].id, webhook.id)
    assert "not found" in project.refused(CONNECTION, **inputs)
    for one in (*secrets, webhook):
        project.make(VERSION, secret=one.id, secretData="token")
    said = project.refused(CONNECTION, **inputs)
    assert ROLE in said
    assert "webhook" in said
    member = project.identity("cloudbuild").out("member")
    project.make("gcp:projects/iAMMember:IAMMember", project=PROJECT, role=ROLE, member=member)
    made = project.make(CONNECTION, **inputs)
    changed = {**inputs["bitbucketCloudConfig"], "webhookSecretSecretVersion": f"{secrets[0].id}/versions/1"}
    assert project.changes(made, bitbucketCloudConfig=changed).replaces == ["bitbucketCloudConfig"]
    token = {"userTokenSecretVersion": f"{secrets[1].id}/versions/1"}
    changed = {**inputs["bitbucketCloudConfig"], "authorizerCredential": token}
    assert project.changes(made, bitbucketCloudConfig=changed).replaces == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"remoteUri": "https://bitbucket.org/other/shop.git"}, "a-workspace"),
        ({"location": "us-central1"}, "the connection is in"),
        ({"parentConnection": "none"}, "404"),
    ],
)
def test_where_a_repository_cannot_be(project: Gcp, linked: Made, inputs: dict[str, Any], said: str) -> None:
    given = {
        "name": "more",
        "location": REGION,
        "parentConnection": linked.inputs["parentConnection"],
        "remoteUri": "https://bitbucket.org/a-workspace/more.git",
        **inputs,
    }
    assert said in project.refused(REPOSITORY, **given)


def test_a_repository_is_named_by_its_clone_url(gcp: Gcp) -> None:
    said = gcp.wrong(REPOSITORY, name="shop", parentConnection="c", remoteUri="git@bitbucket.org:w/shop.git")
    assert "remoteUri" in said


def push(**inputs: Any) -> dict[str, Any]:
    return {"repository": "r", "push": {"branch": "^develop$", **inputs}}


def steps(*given: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return {"build": {"steps": [{"name": "python", **one} for one in given], **inputs}, "filename": None}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"filename": None}, "one of"),
        ({"build": {"steps": [{"name": "python"}]}}, "only one of"),
        ({"name": "dev elop"}, "name"),
        ({"name": "t" * 65}, "name"),
        ({"repositoryEventConfig": push(tag="v.*")}, "exactly one of branch and tag"),
        ({"repositoryEventConfig": push(branch="^(develop$")}, "no regular expression"),
        ({"repositoryEventConfig": push(branch="^(?!main).*$")}, "lookahead"),
        ({"repositoryEventConfig": {"repository": "r"}}, "push and pullRequest"),
        ({"repositoryEventConfig": {"pullRequest": {"branch": ".*", "commentControl": "NO"}}}, "commentControl"),
        ({"pubsubConfig": {"topic": "t"}}, "only one of"),
        ({"repositoryEventConfig": None}, "at least one of"),
        ({"serviceAccount": "build@atm.iam.gserviceaccount.com"}, "serviceAccount"),
        ({"substitutions": {"STACK": "dev"}}, "_STACK"),
        (steps({"timeout": "900s"}), "Step timeout sum"),
        (steps({"script": "make", "args": ["test"]}), "script excludes"),
        (steps({"id": "a", "waitFors": ["b"]}), "earlier step"),
        (steps({"secretEnvs": ["TOKEN"]}), "availableSecrets"),
        (steps({}, timeout="90000s"), "build.timeout"),
        (steps({}, options={"logging": "CLOUD"}), "logging"),
        (steps({}, options={"machineType": "E2_STANDARD_2"}), "machineType"),
    ],
)
def test_what_a_trigger_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"name": "develop", "filename": "cloudbuild.yaml", "repositoryEventConfig": push(), **inputs}
    assert said in gcp.wrong(TRIGGER, **{name: value for name, value in given.items() if value is not None})


def test_a_trigger_is_where_its_repository_is_and_logs_where_its_account_may(project: Gcp, linked: Made) -> None:
    account = project.make("gcp:serviceaccount/account:Account", accountId="builder")
    event = {"repository": linked.id, "push": {"branch": "^develop$"}}
    build: dict[str, Any] = {"steps": [{"name": "python"}]}
    inputs = {"name": "develop", "repositoryEventConfig": event, "serviceAccount": account.out("name")}
    assert "is where its repository is" in project.refused(TRIGGER, build=build, **inputs)
    assert "logs_bucket" in project.refused(TRIGGER, build=build, location=REGION, **inputs)
    build["options"] = {"logging": "CLOUD_LOGGING_ONLY"}
    made = project.make(TRIGGER, build=build, location=REGION, **inputs)
    assert project.changes(made, location="us-central1").replaces == ["location"]
    assert "409" in project.refused(TRIGGER, build=build, location=REGION, **inputs)
    nobody = {**inputs, "name": "other", "serviceAccount": f"projects/{PROJECT}/serviceAccounts/nobody@x.iam"}
    assert "400" in project.refused(TRIGGER, build=build, location=REGION, **nobody)


def test_a_new_project_builds_in_some_regions_only(project: Gcp) -> None:
    said = project.refused(
        TRIGGER,
        name="manual",
        location="europe-west4",
        filename="cloudbuild.yaml",
        sourceToBuild={"ref": "refs/heads/develop", "repoType": "UNKNOWN", "uri": "https://example.com/r.git"},
    )
    assert "quota restrictions" in said


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"secretId": "a.b"}, "secretId"),
        ({"replication": {}}, "one of"),
        ({"replication": {"auto": {}, "userManaged": {"replicas": [{"location": REGION}]}}}, "only one of"),
        ({"replication": {"userManaged": {"replicas": [{"location": REGION}] * 2}}}, "has to differ"),
        ({"ttl": "3600s", "expireTime": "2027-01-01T00:00:00Z"}, "only one of"),
        ({"rotation": {"nextRotationTime": "2027-01-01T00:00:00Z"}}, "needs topics"),
        ({"rotation": {"rotationPeriod": "60s"}, "topics": []}, "rotationPeriod"),
        ({"versionDestroyTtl": "60s"}, "versionDestroyTtl"),
    ],
)
def test_what_a_secret_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"secretId": "token", "replication": AUTO, **inputs}
    assert said in gcp.wrong(SECRET, **{name: value for name, value in given.items() if value is not None})


def test_a_secrets_replication_is_for_good(project: Gcp) -> None:
    made = project.make(SECRET, secretId="token", replication=AUTO)
    elsewhere = {"userManaged": {"replicas": [{"location": REGION}]}}
    assert project.changes(made, replication=elsewhere).replaces == ["replication"]
    assert project.changes(made, labels={"stack": "dev"}).replaces == []


def test_versions_of_a_secret_are_numbered_and_never_changed(project: Gcp) -> None:
    made = project.make(SECRET, secretId="token", replication=AUTO, deletionProtection=True)
    first = project.make(VERSION, secret=made.id, secretData="one")
    assert first.out("name").endswith("/secrets/token/versions/1")
    assert project.changes(first, secretData="two").replaces == ["secretData"]
    project.delete(first)
    assert project.make(VERSION, secret=made.id, secretData="two").out("version") == "2"
    assert "one of" in project.wrong(VERSION, secret=made.id)
    assert "base64" in project.wrong(VERSION, secret=made.id, secretData="é", isSecretDataBase64=True)
    assert "bytes" in project.wrong(VERSION, secret=made.id, secretData="a" * 65537)
    assert "deletionProtection" in project.kept(made)
    project.delete(project.change(made, deletionProtection=False))
    with project.store.transaction() as world:
        assert not world.all(VERSION)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"repositoryId": "Images"}, "repositoryId"),
        ({"format": "OCI"}, "format"),
        ({"mode": "REMOTE_REPOSITORY"}, "remoteRepositoryConfig"),
        ({"format": "NPM", "dockerConfig": {"immutableTags": True}}, "DOCKER"),
        ({"cleanupPolicies": [{"id": "a", "action": "DELETE"}]}, "exactly one of"),
        ({"cleanupPolicies": [{"id": "a", "action": "DELETE", "mostRecentVersions": {"keepCount": 5}}]}, "KEEP"),
        ({"cleanupPolicies": [{"id": "a", "action": "DELETE", "condition": {"olderThan": "old"}}]}, "olderThan"),
        ({"cleanupPolicies": [{"id": "a", "action": "REMOVE", "condition": {"tagState": "ANY"}}]}, "action"),
        ({"vulnerabilityScanningConfig": {"enablementConfig": "ON"}}, "enablementConfig"),
    ],
)
def test_what_a_registry_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(IMAGES, **{"repositoryId": "images", "format": "DOCKER", "location": REGION, **inputs})


def test_a_registry_has_an_address_and_is_in_a_region(project: Gcp) -> None:
    inputs = {"repositoryId": "images", "format": "DOCKER"}
    made = project.make(IMAGES, location=REGION, **inputs)
    assert made.out("registryUri") == f"{REGION}-docker.pkg.dev/{PROJECT}/images"
    assert project.changes(made, format="NPM").replaces == ["format"]
    assert "global" in project.refused(IMAGES, location="global", **inputs)


def test_who_reads_a_registry_has_a_role_of_it(project: Gcp) -> None:
    made = project.make(IMAGES, repositoryId="images", format="DOCKER", location=REGION)
    grant = {"repository": made.out("name"), "location": REGION, "member": "user:ana@example.com"}
    token = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
    assert "a role of artifactregistry" in project.refused(token, role="roles/storage.objectViewer", **grant)
    first = project.make(token, role="roles/artifactregistry.reader", **grant)
    # Additive: what is there already is no mistake.
    assert project.make(token, role="roles/artifactregistry.reader", **grant).id == first.id


ATTESTED = {
    "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
    "evaluationMode": "REQUIRE_ATTESTATION",
    "requireAttestationsBies": [f"projects/{PROJECT}/attestors/built-by-cloud-build"],
}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"defaultAdmissionRule": {**ATTESTED, "requireAttestationsBies": []}}, "needs requireAttestationsBies"),
        ({"defaultAdmissionRule": {**ATTESTED, "evaluationMode": "ALWAYS_DENY"}}, "REQUIRE_ATTESTATION"),
        ({"defaultAdmissionRule": {**ATTESTED, "enforcementMode": "ENFORCE"}}, "enforcementMode"),
        ({"clusterAdmissionRules": [{**ATTESTED, "cluster": "atm-dev-cluster"}]}, "cluster"),
        ({"globalPolicyEvaluationMode": "ON"}, "globalPolicyEvaluationMode"),
    ],
)
def test_what_a_policy_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    token = "gcp:binaryauthorization/policy:Policy"
    assert said in gcp.wrong(token, **{"defaultAdmissionRule": ATTESTED, **inputs})


def test_a_policy_names_attestors_that_there_are(project: Gcp) -> None:
    token = "gcp:binaryauthorization/policy:Policy"
    assert "first image build" in project.refused(token, defaultAdmissionRule=ATTESTED)
    note = project.make(
        "gcp:containeranalysis/note:Note",
        name="built",
        attestationAuthority={"hint": {"humanReadableName": "Built"}},
    )
    attestor = project.make(
        "gcp:binaryauthorization/attestor:Attestor",
        name="built",
        attestationAuthorityNote={"noteReference": note.out("name")},
    )
    policy = project.make(token, defaultAdmissionRule={**ATTESTED, "requireAttestationsBies": [attestor.id]})
    assert "already being used" in project.kept(attestor)
    project.delete(policy)
    project.delete(attestor)


def test_an_attestors_key_is_one(gcp: Gcp) -> None:
    def said(**key: Any) -> str:
        return gcp.wrong(
            "gcp:binaryauthorization/attestor:Attestor",
            name="built",
            attestationAuthorityNote={"noteReference": "n", "publicKeys": [key]},
        )

    assert "exactly one of" in said(id="a")
    assert "publicKeyPem" in said(pkixPublicKey={"publicKeyPem": "key", "signatureAlgorithm": "ECDSA_P256_SHA256"})
    assert "signatureAlgorithm" in said(pkixPublicKey={"signatureAlgorithm": "ECDSA"})
