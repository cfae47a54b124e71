"""Requests come in by the Gateway and by nothing else."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_absent, must_not_be
from policies.rules.workload._pods import SERVICE


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means ClusterIP."""
    yield from must_not_be(resource, "spec.type", ("LoadBalancer", "NodePort"), "that is a way in past the Gateway")
    yield from must_be_absent(resource, "spec.externalIPs", "that is a way in past the Gateway")


RULE: Final = Rule(
    id="workload-service-type",
    title="Services are reached inside the cluster only",
    severity=Severity.CRITICAL,
    reason="A LoadBalancer or NodePort is a second way in, past TLS, Cloud Armor and the routes.",
    fix="Leave the Service's `type` out and give it an HTTPRoute.",
    controls=("nsa:network-policies",),
    types=(SERVICE,),
    judge=judge,
)
