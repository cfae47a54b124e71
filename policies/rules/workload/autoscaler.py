"""Every service grows with its requests."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.pods import DEPLOYMENT
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import autoscalers


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """One, and one only: two pull in different directions."""
    scaling = autoscalers(capture)
    for workload in capture.of(DEPLOYMENT):
        found = scaling.at(workload)
        if len(found) != 1:
            message = f"{len(found)} HorizontalPodAutoscalers scale {named(workload)}; one has to."
            yield Violation(message, resource=workload)


def subjects(capture: Capture) -> list[Resource]:
    """The stack's Deployments."""
    return capture.of(DEPLOYMENT)


RULE: Final = Rule(
    id="workload-autoscaler",
    title="An autoscaler decides how many pods a service has",
    severity=Severity.MEDIUM,
    reason="A number of pods that is fixed is too small on the best day and paid for on all others.",
    fix="Give the Deployment a HorizontalPodAutoscaler; a service has one from its setting `replicas`.",
    controls=(),
    types=(DEPLOYMENT,),
    judge_stack=judge_stack,
    subjects=subjects,
)
