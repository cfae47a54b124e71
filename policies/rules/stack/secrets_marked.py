"""What is a secret to Kubernetes or Google is one to the engine."""

from collections.abc import Iterator
from typing import Final

from policies.capture import SECRET, Resource, leaves
from policies.model import NotApplicableError, Rule, Severity, Violation

_HELD: Final = {
    "kubernetes:core/v1:Secret": ("data", "stringData"),
    "gcp:secretmanager/secretVersion:SecretVersion": ("secretData",),
}


def judge(resource: Resource) -> Iterator[Violation]:
    """All of its payload is marked."""
    held = [path for path in _HELD[resource.type] if resource.has(path)]
    if not held:
        msg = "The stack reads it and gives it no payload."
        raise NotApplicableError(msg)
    for path in held:
        for inner, value in leaves(resource.get(path), path):
            if value != SECRET:
                yield Violation(f"`{inner}` is not marked as secret; it has to be.", inner)


RULE: Final = Rule(
    id="stack-secrets-marked",
    title="Payloads of secrets are secret to the engine",
    severity=Severity.CRITICAL,
    reason="What is not marked is in plain text in the state, and is shown by `pulumi preview --diff`.",
    fix="Pass it through `pulumi.Output.secret`.",
    controls=("nsa:secrets",),
    types=tuple(_HELD),
    judge=judge,
)
