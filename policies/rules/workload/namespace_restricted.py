"""Every namespace holds its pods to the strictest standard."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import shown
from policies.rules.workload._pods import NAMESPACE

LEVEL: Final = "pod-security.kubernetes.io/enforce"


def judge(resource: Resource) -> Iterator[Violation]:
    """The label `enforce`; the two that only warn and log are not enough."""
    path = "metadata.labels"
    found = resource.get(path, {}).get(LEVEL)
    if found != "restricted":
        yield Violation(f"`{LEVEL}` is {shown(found)}; it has to be restricted.", path)


RULE: Final = Rule(
    id="workload-namespace-restricted",
    title="Namespaces enforce Pod Security `restricted`",
    severity=Severity.HIGH,
    reason="The API server then refuses any pod that could harm its node, whoever makes it.",
    fix="Label the namespace `pod-security.kubernetes.io/enforce: restricted`; the component Namespace does.",
    controls=("cis-gke:4.2.1", "cis-k8s:5.2.1", "pss:restricted", "nsa:pod-security"),
    types=(NAMESPACE,),
    judge=judge,
)
