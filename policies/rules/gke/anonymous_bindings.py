"""Roles can't be given to everybody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """The defaults allow it."""
    for group in ("Authenticated", "Unauthenticated"):
        yield from must_be(resource, f"rbacBindingConfig.enableInsecureBindingSystem{group}", value=False)


RULE: Final = Rule(
    id="gke-anonymous-bindings",
    title="No role can be bound to everybody",
    severity=Severity.MEDIUM,
    reason=(
        "`system:authenticated` is everybody with a Google account; a role bound to it opened thousands of clusters."
    ),
    fix="Set both `enableInsecureBindingSystem...` of `rbacBindingConfig` to false.",
    controls=("cis-gke:4.1.9", "cis-gke:4.1.10", "nsa:authentication"),
    types=(CLUSTER,),
    judge=judge,
)
