"""A role says what it may do."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each


def judge(resource: Resource) -> Iterator[Violation]:
    """In no part of any rule."""
    for rule in each(resource, "rules"):
        for field in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
            if "*" in resource.get(f"{rule}.{field}", []):
                yield Violation(f"`{rule}.{field}` has `*`; it has to name what is needed.", f"{rule}.{field}")


RULE: Final = Rule(
    id="workload-role-wildcards",
    title="Roles have no wildcards",
    severity=Severity.HIGH,
    reason="With `*` a role may do what did not exist when it was written.",
    fix="Name the groups, resources and verbs that are needed.",
    controls=("cis-gke:4.1.3", "cis-k8s:5.1.3", "nsa:rbac"),
    types=("kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"),
    judge=judge,
)
