"""Requests pass Cloud Armor before they reach a service."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set
from policies.rules.workload._edge import BACKEND_POLICY


def judge(resource: Resource) -> Iterator[Violation]:
    """Named in the policy of the service."""
    yield from must_be_set(resource, "spec.default.securityPolicy", "a Cloud Armor policy")


RULE: Final = Rule(
    id="workload-backend-armor",
    title="Services behind the load balancer have a Cloud Armor policy",
    severity=Severity.MEDIUM,
    reason="Nothing else bounds how often one address may ask, or refuses known attacks.",
    fix="Set `gcp.edge.armor` of the stack; the component Microservice names its policy in `securityPolicy`.",
    controls=(),
    types=(BACKEND_POLICY,),
    judge=judge,
)
