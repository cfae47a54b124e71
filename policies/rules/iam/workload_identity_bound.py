"""Who becomes an account by Workload Identity is one workload, or one kind of pipeline step."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import who
from policies.rules._reading import shown

_USE: Final = "roles/iam.workloadIdentityUser"
_KUBERNETES: Final = re.compile(r"serviceAccount:[a-z0-9:.-]+\.svc\.id\.goog\[[a-z0-9-]+/[a-z0-9.-]+\]")
_OUTSIDE: Final = re.compile(
    r"principal(Set)?://iam\.googleapis\.com/.+/workloadIdentityPools/[^/]+/(subject|attribute\.\w+)/[^*]+"
)


def judge(resource: Resource) -> Iterator[Violation]:
    """The member is one namespace and account of the cluster, or one subject or attribute of a pool."""
    if resource.get("role") != _USE:
        msg = "The role is not that of Workload Identity."
        raise NotApplicableError(msg)
    for path, member in who(resource):
        if not (_KUBERNETES.fullmatch(member) or _OUTSIDE.fullmatch(member)):
            yield Violation(
                f"`{path}` is {shown(member)}; it has to be one account of a namespace, or one subject or attribute.",
                path,
            )


RULE: Final = Rule(
    id="iam-workload-identity-bound",
    title="Workload Identity makes one workload one account",
    severity=Severity.HIGH,
    reason="Bound to a whole pool or to a wildcard, every pod, or every pipeline of the workspace, is the account.",
    fix="Name `POOL.svc.id.goog[namespace/account]`, or `.../workloadIdentityPools/POOL/attribute.NAME/VALUE`.",
    controls=("cis-gke:5.2.2", "nsa:least-privilege"),
    types=("gcp:serviceaccount/iAMMember:IAMMember", "gcp:serviceaccount/iAMBinding:IAMBinding"),
    judge=judge,
)
