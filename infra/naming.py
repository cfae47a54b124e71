"""The one door for names: logical names, physical names, labels, and the limits they have to keep.

Logical names (what the engine knows a resource by) are built from the component's own name and the child's role, never
from a position in a list. Physical names that share a scope with other stacks are `<prefix>-<stack>-<role>`; what lives
inside a namespace of the stack is called by its role alone.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from infra.errors import InvalidNameError

NAME_LABEL: Final = "app.kubernetes.io/name"
"""The only label selectors use: it never changes in the life of an object."""

PART_OF: Final = "a-tu-mano"

DNS_LABEL: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a kind of name may be, and who says so."""

    length: int
    source: str


LIMITS: Final[dict[str, Limit]] = {
    "namespace": Limit(63, "RFC 1123 label: kubernetes.io/docs/concepts/overview/working-with-objects/names"),
    # A Service's name is also the app.kubernetes.io/name label, the container's name and the database's name.
    "service": Limit(63, "RFC 1035 label: kubernetes.io/docs/concepts/services-networking/service"),
    "project": Limit(30, "cloud.google.com/resource-manager/docs/creating-managing-projects (6 to 30 characters)"),
    # A name is RFC 1035 for every resource of Compute Engine.
    "network": Limit(63, "cloud.google.com/compute/docs/naming-resources"),
    "repository": Limit(63, "cloud.google.com/artifact-registry/docs/repositories/create-repos"),
    "topic": Limit(255, "cloud.google.com/pubsub/docs/pubsub-basics#resource_names"),
    "budget": Limit(60, "cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets (displayName)"),
    "cluster": Limit(40, "cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters"),
    "service account": Limit(30, "cloud.google.com/iam/docs/service-accounts-create (6 to 30 characters)"),
    "identity pool": Limit(32, "cloud.google.com/iam/docs/manage-workload-identity-pools-providers"),
    "storage class": Limit(63, "RFC 1123 label, of which a longer name may consist of several"),
    "backup plan": Limit(63, "cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke (RFC 1035)"),
    "connection": Limit(63, "cloud.google.com/build/docs/api/reference/rest/v2/projects.locations.connections"),
    "trigger": Limit(63, "cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.triggers (name)"),
    "bucket": Limit(63, "cloud.google.com/storage/docs/buckets#naming"),
    "key-ring": Limit(63, "cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create"),
    "database": Limit(63, "mongodb.com/docs/manual/reference/limits (database name, bytes)"),
    "address": Limit(63, "RFC 1035: cloud.google.com/compute/docs/naming-resources"),
    "security policy": Limit(63, "RFC 1035: cloud.google.com/compute/docs/naming-resources"),
    "ssl policy": Limit(63, "RFC 1035: cloud.google.com/compute/docs/naming-resources"),
    "dns policy": Limit(63, "cloud.google.com/dns/docs/reference/rest/v1/policies (name)"),
    "dns zone": Limit(63, "cloud.google.com/dns/docs/reference/rest/v1/managedZones (name)"),
    "certificate": Limit(64, "cloud.google.com/certificate-manager/docs/reference (1 to 64 characters)"),
    # Implementations copy the Gateway's name into a label, and label values end at 63.
    "gateway": Limit(
        63, "gateway-api.sigs.k8s.io/reference/spec (ObjectName), label gateway.networking.k8s.io/gateway-name"
    ),
}


def check(name: str, kind: str) -> str:
    """Return `name` when it fits `kind`.

    Raises:
        InvalidNameError: it is no lower-case DNS label or longer than LIMITS[kind].
    """
    limit = LIMITS[kind]
    if DNS_LABEL.fullmatch(name) is None:
        msg = f'"{name}" is no name for a {kind}, a lower-case DNS label is required ({limit.source})'
        raise InvalidNameError(msg)
    if len(name) > limit.length:
        msg = f'"{name}" has {len(name)} characters, at most {limit.length} fit a {kind} ({limit.source})'
        raise InvalidNameError(msg)
    return name


def logical(owner: str, role: str) -> str:
    """Logical name of a child that is not its component's primary one: ("orders", "account") -> "orders-account"."""
    return f"{owner}-{role}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """Names of one stack."""

    prefix: str
    stack: str

    def physical(self, role: str, kind: str) -> str:
        """Name in a scope shared with other stacks, e.g. ("edge", "gateway") -> "atm-local-edge".

        Raises:
            InvalidNameError: prefix, stack and role together do not fit `kind`.
        """
        return check(f"{self.prefix}-{self.stack}-{role}", kind)

    def project(self, billing_account: str, role: str = "") -> str:
        """Id of a GCP project, which no other project in the world may have, e.g. "atm-dev-4f6a1c".

        Its last six digits follow from the billing account, so that every run and every command finds the same one.

        Raises:
            InvalidNameError: prefix, stack and role together do not fit.
        """
        digits = hashlib.sha256(billing_account.encode()).hexdigest()[:6]
        return self.physical(f"{role}-{digits}" if role else digits, "project")

    def labels(self, name: str) -> dict[str, str]:
        """Labels every object carries; `name` is the service or component it belongs to."""
        return {
            NAME_LABEL: name,
            "app.kubernetes.io/part-of": PART_OF,
            "app.kubernetes.io/instance": f"{self.prefix}-{self.stack}",
            "app.kubernetes.io/managed-by": "pulumi",
        }
