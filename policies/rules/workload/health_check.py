"""Every service behind GKE's load balancer has a HealthCheckPolicy."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._edge import HEALTH_POLICY, exposed, may_be_exposed
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import Aims


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each Service that a route of GKE's Gateway leads to."""
    policies = Aims(capture, HEALTH_POLICY, "spec.targetRef")
    for service in exposed(capture):
        if len(found := policies.at(service)) != 1:
            message = f"{len(found)} of HealthCheckPolicy aim at {named(service)}; one has to."
            yield Violation(message, resource=service)


def subjects(capture: Capture) -> list[Resource]:
    """Services behind GKE's load balancer, or that may be."""
    return may_be_exposed(capture)


RULE: Final = Rule(
    id="workload-health-check",
    title="The load balancer asks services for their health where they tell it",
    severity=Severity.MEDIUM,
    reason="Without one GKE asks for `/`, and takes a service that answers elsewhere for dead.",
    fix="Give the Service a HealthCheckPolicy; the component Microservice does.",
    controls=(),
    judge_stack=judge_stack,
    subjects=subjects,
)
