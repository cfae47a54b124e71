"""Kubernetes roles do not read Secrets at large."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each

_READING: Final = frozenset({"get", "list", "watch"})
ROLES: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
)


def judge(resource: Resource) -> Iterator[Violation]:
    """Whoever may read Secrets may read named ones; listing can't be of named ones."""
    for rule in each(resource, "rules"):
        verbs = _READING & set(resource.get(f"{rule}.verbs", []))
        if "secrets" not in resource.get(f"{rule}.resources", []) or not verbs:
            continue
        if verbs != {"get"} or not resource.get(f"{rule}.resourceNames", []):
            yield Violation(
                f"`{rule}` may {', '.join(sorted(verbs))} Secrets; it has to `get` named ones (`resourceNames`).", rule
            )


RULE: Final = Rule(
    id="iam-kubernetes-secret-readers",
    title="Kubernetes roles read named Secrets only",
    severity=Severity.HIGH,
    reason="Secrets of a namespace are those of every service in it.",
    fix="Mount the Secret where it is needed, or name it in `resourceNames` and allow `get` alone.",
    controls=("cis-gke:4.1.2", "cis-k8s:5.1.2", "nsa:rbac"),
    types=ROLES,
    judge=judge,
)
