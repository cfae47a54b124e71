"""Every workload says whom it talks to."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import NETWORK_POLICY, SERVERS, named
from policies.rules.workload._selecting import Selectors


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """A policy for all pods of the namespace is not the workload's own."""
    policies = Selectors(capture, NETWORK_POLICY, "spec.podSelector")
    for workload in capture.of(*SERVERS):
        own = [policy for policy in policies.of(workload) if policy.get("spec.podSelector")]
        if not own:
            message = f"No NetworkPolicy selects {named(workload)}; one of its own has to."
            yield Violation(message, resource=workload)


def subjects(capture: Capture) -> list[Resource]:
    """What runs pods for as long as the stack is there."""
    return capture.of(*SERVERS)


RULE: Final = Rule(
    id="workload-network-policy",
    title="A NetworkPolicy selects every workload",
    severity=Severity.MEDIUM,
    reason="What its namespace denies to all, a policy of its own has to open to those it needs, and to nobody else.",
    fix="Give the workload a NetworkPolicy that selects its pods.",
    controls=("cis-gke:4.3.2", "cis-k8s:5.3.2", "nsa:network-policies"),
    types=SERVERS,
    judge_stack=judge_stack,
    subjects=subjects,
)
