"""Old images go, those in use stay."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_not_be
from policies.rules.data._images import REGISTRY


def judge(resource: Resource) -> Iterator[Violation]:
    """A policy that deletes, one that keeps, and neither as a trial."""
    actions = [resource.get(f"{policy}.action") for policy in each(resource, "cleanupPolicies")]
    for action in ("DELETE", "KEEP"):
        if action not in actions:
            yield Violation(f"No cleanup policy has the action {action}; one has to.", "cleanupPolicies")
    yield from must_not_be(resource, "cleanupPolicyDryRun", (True,), "nothing is deleted")


RULE: Final = Rule(
    id="data-registry-cleanup",
    title="Registries delete old images and keep the newest",
    severity=Severity.LOW,
    reason=(
        "Old images are paid for and can be deployed, holes and all; without one that keeps, a quiet service "
        "loses its last image."
    ),
    fix=(
        "Give it `cleanupPolicies` of both actions; `gcp.registry.keepVersions` and `deleteAfterDays` are "
        "their numbers."
    ),
    controls=(),
    types=(REGISTRY,),
    judge=judge,
)
