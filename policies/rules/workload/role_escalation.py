"""Nobody can give himself rights."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each

_VERBS: Final = {"bind", "escalate", "impersonate"}


def judge(resource: Resource) -> Iterator[Violation]:
    """None of the three verbs, whatever they are for."""
    for rule in each(resource, "rules"):
        if found := sorted(_VERBS & {*resource.get(f"{rule}.verbs", [])}):
            yield Violation(f"`{rule}.verbs` has {', '.join(found)}; it may have none of them.", f"{rule}.verbs")


RULE: Final = Rule(
    id="workload-role-escalation",
    title="Roles can't be used to get more rights",
    severity=Severity.HIGH,
    reason="Who may bind, escalate or impersonate has every right of those he can become.",
    fix="Take the verbs bind, escalate and impersonate away.",
    controls=("cis-gke:4.1.7", "cis-k8s:5.1.8", "nsa:rbac"),
    types=("kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"),
    judge=judge,
)
