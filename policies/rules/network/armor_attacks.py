"""Known attacks are refused before they reach a service."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.network._armor import POLICY, rules_of_backends


def judge(resource: Resource) -> Iterator[Violation]:
    """By Google's signatures, in rules that refuse and are no preview."""
    enforced = [
        str(resource.get(f"{rule}.match.expr.expression", ""))
        for rule in rules_of_backends(resource)
        if str(resource.get(f"{rule}.action")).startswith("deny") and not resource.get(f"{rule}.preview")
    ]
    for attack in ("sqli", "xss"):
        if not any(f"evaluatePreconfiguredWaf('{attack}-" in expression for expression in enforced):
            yield Violation(f"No rule refuses what looks like {attack}; one has to, not as a preview.", "rules")


RULE: Final = Rule(
    id="network-armor-attacks",
    title="Cloud Armor refuses injections and scripts",
    severity=Severity.MEDIUM,
    reason="A hole of a service that nobody knows yet is tried with requests everybody knows.",
    fix="Set `gcp.edge.waf` to enforce.",
    controls=(),
    types=(POLICY,),
    judge=judge,
)
