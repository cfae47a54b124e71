"""Stacks in which a push, or somebody's image, may do too much."""

from typing import Final

from tests.unit.policies.seeds.seed import Seed

_TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"
_PRODUCTION: Final = f"{_TRIGGER} delivery-production"
_POLICY: Final = "gcp:binaryauthorization/policy:Policy cluster-images"
_SECRET: Final = "gcp:secretmanager/secret:Secret"

SEEDS: Final = [
    Seed(
        "every branch with the name in it deploys",
        "delivery-branch-anchored",
        resource=_PRODUCTION,
        set={"repositoryEventConfig.push.branch": "production"},
    ),
    Seed(
        "every other branch deploys",
        "delivery-branch-anchored",
        resource=_PRODUCTION,
        set={"repositoryEventConfig.push.invertRegex": True},
    ),
    Seed(
        "nobody approves",
        "delivery-approval",
        settings={"gcp.delivery.triggers.production.approval": False},
        finds=_PRODUCTION,
    ),
    Seed(
        "one more trigger that nobody approves",
        "delivery-approval",
        settings={"gcp.delivery.triggers.hotfix": {"branch": "hotfix"}},
        finds=f"{_TRIGGER} delivery-hotfix",
    ),
    Seed(
        "builds run as the account that Google gives them",
        "delivery-own-account",
        resource=_PRODUCTION,
        remove=["serviceAccount"],
    ),
    Seed(
        "a pull request changes the state",
        "delivery-pull-requests-read",
        stack="dev",
        resource="gcp:storage/bucketIAMMember:BucketIAMMember delivery-pull-request-state",
        set={"role": "roles/storage.objectUser"},
    ),
    Seed(
        "strangers' pull requests are built at once",
        "delivery-comment-control",
        stack="dev",
        resource=f"{_TRIGGER} delivery-pull-request",
        set={"repositoryEventConfig.pullRequest.commentControl": "COMMENTS_DISABLED"},
    ),
    Seed(
        "logs of builds go to a bucket",
        "delivery-logs-in-cloud-logging",
        resource=_PRODUCTION,
        set={"build.options.logging": "GCS_ONLY"},
    ),
    Seed(
        "a token is in the trigger",
        "delivery-no-plain-secrets",
        resource=_PRODUCTION,
        set={"build.options.envs": ["BITBUCKET_TOKEN=abc"]},
    ),
    Seed(
        "a password is in a substitution",
        "delivery-no-plain-secrets",
        resource=_PRODUCTION,
        set={"substitutions": {"_DB_PASSWORD": "abc"}},
    ),
    Seed(
        "a build may hang for a day",
        "delivery-timeout",
        settings={"gcp.delivery.minutes": 1440},
        finds=_PRODUCTION,
    ),
    Seed(
        "a step runs on whatever is called latest",
        "delivery-builders-pinned",
        resource=_PRODUCTION,
        set={"build.steps[0].name": "golang:latest"},
    ),
    Seed(
        "Cloud Build pushes by tag",
        "delivery-release-by-digest",
        resource=_PRODUCTION,
        set={"build.images": ["us-central1-docker.pkg.dev/p/r/shop:1"]},
    ),
    Seed(
        "the token is whichever is newest",
        "delivery-connection-tokens",
        resource="gcp:cloudbuildv2/connection:Connection delivery",
        set={"bitbucketCloudConfig.webhookSecretSecretVersion": "projects/p/secrets/s/versions/latest"},
    ),
    Seed(
        "a secret is encrypted with Google's key",
        "delivery-secrets-own-key",
        add={
            "type": _SECRET,
            "name": "one-too-many",
            "inputs": {
                "replication": {"auto": {}},
                "labels": {"stack": "prod", "part-of": "atm", "managed-by": "pulumi"},
            },
            "protect": True,
        },
        finds=f"{_SECRET} one-too-many",
    ),
    Seed(
        "all images run, and are only logged",
        "delivery-images-denied",
        settings={"gcp.cluster.binaryAuthorization": "audit"},
        finds=_POLICY,
    ),
    Seed(
        "all images run",
        "delivery-images-denied",
        resource=_POLICY,
        set={"defaultAdmissionRule.evaluationMode": "ALWAYS_ALLOW"},
    ),
    Seed(
        "everybody's images are let in",
        "delivery-images-let-in",
        resource=_POLICY,
        set={"admissionWhitelistPatterns": [{"namePattern": "docker.io/*"}]},
    ),
]
