"""Every service behind GKE's load balancer has a GCPBackendPolicy."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules.workload._edge import BACKEND_POLICY, may_be_exposed, one_policy_each


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each Service that a route of GKE's Gateway leads to."""
    return one_policy_each(capture, BACKEND_POLICY)


RULE: Final = Rule(
    id="workload-backend-policy",
    title="The load balancer knows how long a service's requests take",
    severity=Severity.MEDIUM,
    reason="Without one a request may take 30 seconds, nothing is logged, and no Cloud Armor policy can apply.",
    fix="Give the Service a GCPBackendPolicy; the component Microservice does.",
    controls=(),
    judge_stack=judge_stack,
    subjects=may_be_exposed,
)
