"""Kubernetes roles do not make their holder somebody else."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.iam.kubernetes_secret_readers import ROLES

_VERBS: Final = frozenset({"bind", "escalate", "impersonate"})


def judge(resource: Resource) -> Iterator[Violation]:
    """No rule of the role allows one of the three verbs."""
    for rule in each(resource, "rules"):
        for verb in sorted(_VERBS & set(resource.get(f"{rule}.verbs", []))):
            path = f"{rule}.verbs"
            yield Violation(f"`{path}` has `{verb}`, with which the holder can get any right; it has to go.", path)


RULE: Final = Rule(
    id="iam-kubernetes-escalation",
    title="No Kubernetes role may bind, escalate or impersonate",
    severity=Severity.HIGH,
    reason="Each of the three is a way to become cluster-admin.",
    fix="Take the verb out of `rules[].verbs`.",
    controls=("cis-gke:4.1.7", "cis-k8s:5.1.8", "nsa:rbac"),
    types=ROLES,
    judge=judge,
)
