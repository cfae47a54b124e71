"""Everything has a namespace of its own."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules.workload._pods import NETWORK_POLICY, PODS, SERVICE
from policies.rules.workload._selecting import AUTOSCALER, BUDGET

_NAMESPACED: Final = (
    *PODS, SERVICE, NETWORK_POLICY, AUTOSCALER, BUDGET,
    "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret", "kubernetes:core/v1:ServiceAccount",
    "kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
)  # fmt: skip
_OTHERS: Final = ("default", "kube-system", "kube-public", "kube-node-lease")


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means default."""
    if resource.read:
        msg = "It is read where it is, and not made by this stack."
        raise NotApplicableError(msg)
    found = resource.get("metadata.namespace", "default")
    if found in _OTHERS:
        yield Violation(f"It is in the namespace {found}; it has to be in one of the stack's.", "metadata.namespace")


RULE: Final = Rule(
    id="workload-default-namespace",
    title="Nothing is in a namespace of the cluster's own",
    severity=Severity.MEDIUM,
    reason=(
        "The default namespace has neither Pod Security nor NetworkPolicies, and the cluster's own are not ours "
        "to fill."
    ),
    fix="Name a namespace of the stack in `metadata.namespace`.",
    controls=("cis-gke:4.6.4", "nsa:namespaces", "cis-k8s:5.6.4"),
    types=_NAMESPACED,
    judge=judge,
)
