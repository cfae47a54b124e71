"""Stacks that lack what a stack as a whole has to have."""

from typing import Final

from tests.unit.policies.seeds.seed import Seed

_PROJECT: Final = "gcp:organizations/project:Project project"
_AUDIT: Final = "gcp:projects/iAMAuditConfig:IAMAuditConfig project-audit"
_BUDGET: Final = "gcp:billing/budget:Budget budget"
_LOGS: Final = "gcp:logging/projectBucketConfig:ProjectBucketConfig observability-logs"
_CONFIG: Final = "kubernetes:core/v1:ConfigMap"

SEEDS: Final = [
    Seed(
        "nothing says what it is part of",
        "stack-labels",
        resource="pulumi:providers:gcp project-provider",
        remove=["defaultLabels"],
        finds="gcp:container/cluster:Cluster cluster",
    ),
    Seed(
        "the network may be replaced",
        "stack-protection",
        resource="gcp:compute/network:Network network",
        unprotect=True,
    ),
    Seed(
        "a key may be deleted",
        "stack-protection",
        resource="gcp:kms/cryptoKey:CryptoKey keys-disks",
        unprotect=True,
    ),
    Seed(
        "the database's volume may be deleted",
        "stack-protection",
        resource="kubernetes:core/v1:PersistentVolumeClaim mongodb-data",
        unprotect=True,
    ),
    Seed(
        "the provider may delete the project",
        "stack-project-kept",
        resource=_PROJECT,
        set={"deletionPolicy": "DELETE"},
    ),
    Seed(
        "the project has Google's network",
        "stack-no-default-network",
        resource=_PROJECT,
        set={"autoCreateNetwork": True},
    ),
    Seed("there is no budget", "stack-budget", resource=_BUDGET, remove=["*"], finds="stack"),
    Seed(
        "the budget tells when it is spent",
        "stack-budget-warns",
        settings={"gcp.budget.thresholds": [1.0]},
        finds=_BUDGET,
    ),
    Seed("the budget tells nobody", "stack-budget-warns", resource=_BUDGET, remove=["allUpdatesRule"]),
    Seed(
        "nobody knows who read what",
        "stack-audit-logs",
        settings={"gcp.project.auditDataAccess": False},
        finds="stack",
    ),
    Seed(
        "somebody leaves no trace",
        "stack-audit-of-everybody",
        resource=_AUDIT,
        set={"auditLogConfigs[1].exemptedMembers": ["user:a@example.com"]},
    ),
    Seed(
        "Google tells nobody",
        "stack-contact",
        resource="gcp:essentialcontacts/contact:Contact project-contact",
        remove=["*"],
        finds="stack",
    ),
    Seed(
        "nobody is told that the shop does not answer",
        "stack-uptime",
        resource="gcp:monitoring/alertPolicy:AlertPolicy observability-uptime",
        remove=["*"],
        finds="stack",
    ),
    Seed(
        "a check is content with any certificate",
        "stack-uptime-verifies",
        resource="gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig observability-check-auth",
        set={"httpCheck.validateSsl": False},
    ),
    Seed(
        "an alert is sent to nobody",
        "stack-alerts-reach-somebody",
        resource="gcp:monitoring/alertPolicy:AlertPolicy observability-uptime",
        set={"notificationChannels": []},
    ),
    Seed(
        "logs are gone after a week",
        "stack-log-retention",
        settings={"gcp.observability.logDays": 7},
        finds=_LOGS,
    ),
    Seed(
        "a password is in a ConfigMap",
        "stack-no-secrets-in-inputs",
        add={
            "type": _CONFIG,
            "name": "one-too-many",
            "inputs": {
                "metadata": {"name": "one-too-many", "namespace": "shop"},
                "data": {"uri": "mongodb://orders:abc@mongodb:27017/orders"},
            },
        },
        finds=f"{_CONFIG} one-too-many",
    ),
    Seed(
        "the engine does not know of a secret",
        "stack-secrets-marked",
        resource="kubernetes:core/v1:Secret orders-secrets",
        set={"stringData": {"client_secret": "abc"}},
    ),
]
