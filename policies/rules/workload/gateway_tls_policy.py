"""The load balancer speaks no outdated TLS."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._edge import GATEWAY, GATEWAY_POLICY, is_gke, may_be_gke
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import Aims


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Where GKE makes the load balancer."""
    policies = Aims(capture, GATEWAY_POLICY, "spec.targetRef")
    for gateway in filter(is_gke, capture.of(GATEWAY)):
        found = policies.at(gateway)
        if not any(policy.get("spec.default.sslPolicy") for policy in found):
            message = f"No GCPGatewayPolicy gives {named(gateway)} an `sslPolicy`; one has to."
            yield Violation(message, resource=gateway)


def subjects(capture: Capture) -> list[Resource]:
    """Gateways that GKE serves, or may."""
    return [gateway for gateway in capture.of(GATEWAY) if may_be_gke(gateway)]


RULE: Final = Rule(
    id="workload-gateway-tls-policy",
    title="GKE's Gateways have a policy of TLS versions",
    severity=Severity.HIGH,
    reason="Google's default still takes TLS 1.0.",
    fix="Give the Gateway a GCPGatewayPolicy with `sslPolicy`; the component Gateway does.",
    controls=("nsa:tls",),
    judge_stack=judge_stack,
    subjects=subjects,
)
