"""Nobody reads every Secret."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each

_READING: Final = {"get", "list", "watch", "*"}


def judge(resource: Resource) -> Iterator[Violation]:
    """A rule of the role that names the Secrets it is for is fine; listing can't be held to names."""
    for rule in each(resource, "rules"):
        verbs = _READING & {*resource.get(f"{rule}.verbs", [])}
        held = resource.get(f"{rule}.resourceNames") and verbs <= {"get"}
        if "secrets" in resource.get(f"{rule}.resources", []) and verbs and not held:
            message = f"`{rule}` lets it {', '.join(sorted(verbs))} all Secrets; it has to get those it names."
            yield Violation(message, rule)


RULE: Final = Rule(
    id="workload-role-secrets",
    title="Roles read no Secret they don't name",
    severity=Severity.HIGH,
    reason="Who reads all Secrets of a namespace is everybody in it.",
    fix="Name the Secrets in `resourceNames` and allow `get` only; pods need no role for the Secrets they mount.",
    controls=("cis-gke:4.1.2", "cis-k8s:5.1.2", "nsa:rbac"),
    types=("kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"),
    judge=judge,
)
