"""Secrets are files, not environment variables."""

from collections.abc import Iterator
from typing import Final

from policies.capture import SECRET, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.workload._pods import PODS, containers, present


def judge(resource: Resource) -> Iterator[Violation]:
    """Neither by reference, nor as a value the program of the stack knows to be secret."""
    for path in containers(resource):
        for variable in each(resource, f"{path}.env"):
            if resource.get(f"{variable}.value") == SECRET or present(resource, f"{variable}.valueFrom.secretKeyRef"):
                name = resource.get(f"{variable}.name")
                yield Violation(f"The variable {name} is a secret; it has to be a file instead.", variable)
        for source in each(resource, f"{path}.envFrom"):
            if present(resource, f"{source}.secretRef"):
                yield Violation(f"`{source}` is a Secret; its keys have to be files instead.", source)


RULE: Final = Rule(
    id="workload-secrets-as-files",
    title="No secret is in an environment variable",
    severity=Severity.HIGH,
    reason="A process's environment is inherited by its children, printed by crash reports and shown by debuggers.",
    fix="Mount the Secret as files and let the program read them.",
    controls=("cis-gke:4.4.1", "cis-k8s:5.4.1", "nsa:secrets"),
    types=PODS,
    judge=judge,
)
