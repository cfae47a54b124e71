"""What a push may do: each rule of the area, passing, failing, unknown and unrelated."""

from dataclasses import replace
from typing import Final

import pytest

from policies.capture import SECRET, UNKNOWN, Capture
from policies.rules import RULES
from policies.rules.delivery import (
    approval,
    branch_anchored,
    builders_pinned,
    comment_control,
    connection_tokens,
    images_denied,
    images_let_in,
    logs_in_cloud_logging,
    no_plain_secrets,
    own_account,
    pull_requests_read,
    release_by_digest,
    secrets_own_key,
    timeout,
)
from tests.unit.policies.rules.cases import GONE, changed, findings_of, four_cases, made, resource_of

TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"
PRODUCTION: Final = f"prod {TRIGGER} delivery-production"
PULL_REQUEST: Final = f"dev {TRIGGER} delivery-pull-request"
PUSHED: Final = "repositoryEventConfig.push"
PULLED: Final = "repositoryEventConfig.pullRequest"
BINARY_AUTHORIZATION: Final = "prod gcp:binaryauthorization/policy:Policy"
SECRET_TYPE: Final = "gcp:secretmanager/secret:Secret"
KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
ON_STATE: Final = "gcp:storage/bucketIAMMember:BucketIAMMember delivery-pull-request-state"

test_branch_anchored = four_cases(
    branch_anchored.RULE,
    PRODUCTION,
    passing=[{f"{PUSHED}.branch": r"^release/1\.0$"}, {PUSHED: {"tag": "^v1$"}}],
    failing=[
        {f"{PUSHED}.branch": pattern}
        for pattern in ("production", "^production", "production$", "^.*$", "^a|b$", "^release/1.0$", "^$")
    ]
    + [{f"{PUSHED}.invertRegex": True}],
    unknown=[f"{PUSHED}.branch", PUSHED],
    not_applicable=[{"repositoryEventConfig": GONE}],
)
test_branch_of_a_pull_request_anchored = four_cases(
    branch_anchored.RULE,
    PULL_REQUEST,
    failing=[{f"{PULLED}.branch": "develop"}],
    unknown=[f"{PULLED}.branch"],
)
test_approval = four_cases(
    approval.RULE,
    PRODUCTION,
    failing=[{"approvalConfig.approvalRequired": False}, {"approvalConfig": GONE}],
    unknown=["approvalConfig.approvalRequired", "approvalConfig"],
    not_applicable=[{"repositoryEventConfig": {"pullRequest": {"branch": "^develop$"}}}],
)
test_own_account = four_cases(
    own_account.RULE,
    "dev",
    failing=[
        changed(f"{TRIGGER} delivery-develop", {"serviceAccount": GONE}),
        changed(f"{TRIGGER} delivery-develop", {"serviceAccount": "projects/p/serviceAccounts/1@cloudbuild"}),
        lambda stack: _sharing(stack, "delivery-pull-request-account"),
        lambda stack: _sharing(stack, "cluster-nodes"),
    ],
    unknown=[changed(f"{TRIGGER} delivery-develop", {"serviceAccount": UNKNOWN})],
)
test_pull_requests_read = four_cases(
    pull_requests_read.RULE,
    "dev",
    failing=[lambda stack: _granting(stack, "roles/storage.objectUser")],
    passing=[lambda stack: _granting(stack, "roles/storage.bucketViewer")],
    unknown=[lambda stack: _granting(stack, UNKNOWN)],
)
test_comment_control = four_cases(
    comment_control.RULE,
    PULL_REQUEST,
    passing=[{f"{PULLED}.commentControl": "COMMENTS_ENABLED"}],
    failing=[{f"{PULLED}.commentControl": "COMMENTS_DISABLED"}, {f"{PULLED}.commentControl": GONE}],
    unknown=[f"{PULLED}.commentControl"],
    not_applicable=[{"repositoryEventConfig": {"push": {"branch": "^develop$"}}}],
)
test_logs_in_cloud_logging = four_cases(
    logs_in_cloud_logging.RULE,
    PRODUCTION,
    failing=[
        {"build.options.logging": "GCS_ONLY"},
        {"build.options.logging": GONE},
        {"build.logsBucket": "gs://logs"},
    ],
    unknown=["build.options.logging", "build.logsBucket", "build"],
)
test_no_plain_secrets = four_cases(
    no_plain_secrets.RULE,
    PRODUCTION,
    passing=[{"build.options.envs": ["API_TOKEN="]}, {"substitutions": {"_REGION": "europe-west1"}}],
    failing=[
        {"build.options.envs": ["BITBUCKET_TOKEN=abc"]},
        {"build.steps[0].envs": ["db_password=abc"]},
        {"substitutions": {"_API_KEY": "abc"}},
        {"build.substitutions": {"_ANY": SECRET}},
    ],
    unknown=["build.options.envs", "build.steps", "substitutions", "build.options.envs[0]"],
)
test_timeout = four_cases(
    timeout.RULE,
    PRODUCTION,
    passing=[{"build.timeout": "600.5s"}],
    failing=[
        {"build.timeout": "86400s"},
        {"build.timeout": "soon"},
        {"build.timeout": GONE},
        {"build.queueTtl": GONE},
    ],
    unknown=["build.timeout", "build.queueTtl"],
)
test_builders_pinned = four_cases(
    builders_pinned.RULE,
    PRODUCTION,
    passing=[{"build.steps[0].name": f"golang@sha256:{'0' * 64}"}],
    failing=[{"build.steps[0].name": name} for name in ("golang", "golang:latest", "golang:stable")],
    unknown=["build.steps", "build.steps[0].name"],
)
test_release_by_digest = four_cases(
    release_by_digest.RULE,
    PRODUCTION,
    failing=[{"build.images": ["r/shop:1"]}, {"build.artifacts": {"images": ["r/shop:1"]}}],
    unknown=["build.images", "build.artifacts"],
)
test_connection_tokens = four_cases(
    connection_tokens.RULE,
    "prod gcp:cloudbuildv2/connection:Connection delivery",
    failing=[
        {"bitbucketCloudConfig.webhookSecretSecretVersion": "projects/p/secrets/s/versions/latest"},
        {"bitbucketCloudConfig.authorizerCredential.userTokenSecretVersion": "ATBB-abc"},
        {"bitbucketCloudConfig": GONE},
    ],
    unknown=["bitbucketCloudConfig.authorizerCredential.userTokenSecretVersion"],
)
test_secrets_own_key = four_cases(
    secrets_own_key.RULE,
    made(
        SECRET_TYPE,
        sources={"replication": [KEY]},
        replication={"userManaged": {"replicas": [{"customerManagedEncryption": {"kmsKeyName": UNKNOWN}}]}},
    ),
    failing=[
        {"replication": {"auto": {}}},
        {"replication": {"userManaged": {"replicas": [{"location": "us-central1"}]}}},
    ],
    unknown=["replication", "replication.userManaged.replicas"],
)
test_images_denied = four_cases(
    images_denied.RULE,
    BINARY_AUTHORIZATION,
    passing=[{"defaultAdmissionRule.evaluationMode": "REQUIRE_ATTESTATION"}],
    failing=[
        {"defaultAdmissionRule.evaluationMode": "ALWAYS_ALLOW"},
        {"defaultAdmissionRule.enforcementMode": "DRYRUN_AUDIT_LOG_ONLY"},
        {"clusterAdmissionRules": [{"cluster": "c", "evaluationMode": "ALWAYS_ALLOW"}]},
    ],
    unknown=["defaultAdmissionRule.evaluationMode", "defaultAdmissionRule.enforcementMode", "clusterAdmissionRules"],
)
test_images_let_in = four_cases(
    images_let_in.RULE,
    BINARY_AUTHORIZATION,
    passing=[{"admissionWhitelistPatterns": []}],
    failing=[
        {"admissionWhitelistPatterns[0].namePattern": pattern}
        for pattern in ("*", "docker.io/*", "us-central1-docker.pkg.dev/*", "us-central1-docker.pkg.dev/p/r*")
    ],
    unknown=["admissionWhitelistPatterns", "admissionWhitelistPatterns[0].namePattern"],
)


def _granting(stack: Capture, role: object) -> Capture:
    granted: Capture = changed(ON_STATE, {"role": role})(stack)
    return granted


def _sharing(stack: Capture, name: str) -> Capture:
    """The stack in which a trigger has another's account."""
    account = resource_of(stack, f"gcp:serviceaccount/account:Account {name}")
    trigger = resource_of(stack, f"{TRIGGER} delivery-develop")
    shared = replace(trigger, property_dependencies={"serviceAccount": (account.urn,)})
    return replace(stack, resources=tuple(shared if one is trigger else one for one in stack.resources))


@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_the_area_finds_only_the_missing_approval_of_dev(stack: str, request: pytest.FixtureRequest) -> None:
    capture: Capture = request.getfixturevalue(stack)
    wrong = {
        (finding.check, finding.resource.rpartition("::")[2])
        for rule in RULES
        if rule.id.startswith("delivery-")
        for finding in findings_of(rule, capture)
        if finding.status == "violated"
    }
    assert wrong == ({("delivery-approval", "delivery-develop")} if stack == "dev" else set())
