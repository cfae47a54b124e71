"""Every service behind GKE's load balancer has a HealthCheckPolicy."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules.workload._edge import HEALTH_POLICY, may_be_exposed, one_policy_each


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each Service that a route of GKE's Gateway leads to."""
    return one_policy_each(capture, HEALTH_POLICY)


RULE: Final = Rule(
    id="workload-health-check",
    title="The load balancer asks services for their health where they tell it",
    severity=Severity.MEDIUM,
    reason="Without one GKE asks for `/`, and takes a service that answers elsewhere for dead.",
    fix="Give the Service a HealthCheckPolicy; the component Microservice does.",
    controls=(),
    judge_stack=judge_stack,
    subjects=may_be_exposed,
)
