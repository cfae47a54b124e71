"""Every service behind GKE's load balancer has a GCPBackendPolicy."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._edge import BACKEND_POLICY, exposed, may_be_exposed
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import Aims


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each Service that a route of GKE's Gateway leads to."""
    policies = Aims(capture, BACKEND_POLICY, "spec.targetRef")
    for service in exposed(capture):
        if len(found := policies.at(service)) != 1:
            message = f"{len(found)} of GCPBackendPolicy aim at {named(service)}; one has to."
            yield Violation(message, resource=service)


def subjects(capture: Capture) -> list[Resource]:
    """Services behind GKE's load balancer, or that may be."""
    return may_be_exposed(capture)


RULE: Final = Rule(
    id="workload-backend-policy",
    title="The load balancer knows how long a service's requests take",
    severity=Severity.MEDIUM,
    reason="Without one a request may take 30 seconds, nothing is logged, and no Cloud Armor policy can apply.",
    fix="Give the Service a GCPBackendPolicy; the component Microservice does.",
    controls=(),
    judge_stack=judge_stack,
    subjects=subjects,
)
