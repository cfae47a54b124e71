"""What the account of a build may do, and why; docs/components/delivery.md shows these tables.

A build that deploys changes what runs. Who may do what (accounts, roles, keys, the policy of images) and what starts a
build are changed by a person with `make up`: whoever may push could otherwise give himself any right. A build whose
change needs more fails at that resource and changes nothing of it.
"""

from collections.abc import Mapping
from typing import Final

DEPLOY: Final[Mapping[str, str]] = {
    "roles/certificatemanager.editor": "certificate and certificate map of the edge",
    "roles/compute.networkAdmin": "VPC, NAT, addresses",
    "roles/compute.securityAdmin": "firewall rules, Cloud Armor policy",
    "roles/container.admin": "cluster, node pools, and every object in the cluster",
    "roles/dns.admin": "records of the edge",
    "roles/gkebackup.admin": "plan of the cluster's backups",
    "roles/logging.configWriter": "log metrics and log buckets",
    "roles/logging.logWriter": "write its own log",
    "roles/monitoring.editor": "dashboards, uptime checks, objectives, alerts",
    "roles/serviceusage.serviceUsageConsumer": "have its calls charged to the project",
}
"""Roles on the stack's project of an account that deploys, with what each is for."""
PREVIEW: Final[Mapping[str, str]] = {
    "roles/container.viewer": "see the cluster's objects, except Secrets",
    "roles/logging.logWriter": "write its own log",
    "roles/serviceusage.serviceUsageConsumer": "have its calls charged to the project",
}
"""The same of an account for pull requests."""
PACKAGE: Final = "roles/artifactregistry.writer"
"""On the repository of the images."""
ACT_AS: Final = "roles/iam.serviceAccountUser"
"""On the account of the nodes, which a changed node pool is given."""
CHANGE_STATE: Final = "roles/storage.objectUser"
READ_STATE: Final = "roles/storage.objectViewer"
"""On the bucket of the state."""
ENCRYPT: Final = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
DECRYPT: Final = "roles/cloudkms.cryptoKeyDecrypter"
"""On the key of the stack's state; none of them on that of `make bootstrap`, whose state has Bitbucket's tokens."""
READ_SECRET: Final = "roles/secretmanager.secretAccessor"  # noqa: S105 - a role
"""On the root secret; on Bitbucket's tokens for Cloud Build itself alone."""
SEE_SECRET: Final = "roles/secretmanager.viewer"  # noqa: S105 - a role
"""On Bitbucket's tokens: which versions there are, not what is in them."""
APPROVE: Final = "roles/cloudbuild.builds.approver"
"""On the stack's project, of those who may approve builds."""
