"""In a namespace nothing flows that no policy allows."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import NAMESPACE, NETWORK_POLICY, named, namespace


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """One policy for both directions, or one for each."""
    for subject in subjects(capture):
        closed = {
            direction
            for policy in capture.of(NETWORK_POLICY)
            if namespace(policy) == named(subject) and not policy.get("spec.podSelector")
            for direction in policy.get("spec.policyTypes", ["Ingress"])
            if not policy.get(f"spec.{direction.lower()}")
        }
        if missing := sorted({"Ingress", "Egress"} - closed):
            message = f"No NetworkPolicy of {named(subject)} denies all {' and '.join(missing)}; one has to."
            yield Violation(message, resource=subject)


def subjects(capture: Capture) -> list[Resource]:
    """The stack's namespaces."""
    return capture.of(NAMESPACE)


RULE: Final = Rule(
    id="workload-default-deny",
    title="Namespaces deny all traffic by default",
    severity=Severity.HIGH,
    reason="Without it a pod that no policy selects can be reached by all, and can reach all, out to the internet.",
    fix=(
        "Give the namespace a NetworkPolicy that selects all pods, both directions, and allows nothing; the "
        "component Namespace does."
    ),
    controls=("cis-gke:4.3.2", "cis-k8s:5.3.2", "nsa:default-deny"),
    types=(NAMESPACE,),
    judge_stack=judge_stack,
    subjects=subjects,
)
