"""An account can't give itself more than it was given."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import ABOVE_RESOURCES

REASONED: Final[Mapping[str, str]] = {
    "roles/compute.networkAdmin": "networks of the stack change with it; it reads no disk and starts no machine",
    "roles/compute.securityAdmin": "firewall rules and Cloud Armor change with the stack",
    "roles/container.admin": "cluster, node pools and all that runs in them change with the stack",
    "roles/dns.admin": "records of the edge change with the stack",
    "roles/gkebackup.admin": "the plan of backups changes with the cluster; backups are locked against deletion",
}
"""Administrators of what a stack consists of, none of whom may say who may do what in the project, and why each."""
_POWERS: Final = (
    "roles/accesscontextmanager.", "roles/billing.", "roles/iam.", "roles/orgpolicy.", "roles/resourcemanager.",
)  # fmt: skip


def judge(resource: Resource) -> Iterator[Violation]:
    """The role on the project is no administrator's, but for the reasoned ones."""
    role = str(resource.get("role", ""))
    if role in REASONED or "." not in role or not role.lower().endswith("admin"):
        return
    power = "of who may do what" if role.startswith(_POWERS) else "of all of a service in the project"
    yield Violation(f"`role` is {role}, an administrator {power}; it has to be one that only uses it.", "role")


RULE: Final = Rule(
    id="iam-no-power-over-roles",
    title="No account administers more of the project than what the stack consists of",
    severity=Severity.HIGH,
    reason=(
        "Whoever administers accounts, roles, keys or secrets can make himself owner; a build that may is one push "
        "away from it."
    ),
    fix="Grant a lesser role, or the same on the one resource instead of the project.",
    controls=("nsa:least-privilege",),
    types=ABOVE_RESOURCES,
    judge=judge,
)
