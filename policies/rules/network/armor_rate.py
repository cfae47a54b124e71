"""No client takes all."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.network._armor import POLICY, rules_of_backends


def judge(resource: Resource) -> Iterator[Violation]:
    """By a rule that throttles or bans and is no preview."""
    limits = [
        rule
        for rule in rules_of_backends(resource)
        if resource.get(f"{rule}.action") in ("throttle", "rate_based_ban") and not resource.get(f"{rule}.preview")
    ]
    if not limits:
        yield Violation("No rule limits how many requests a client may send; one has to.", "rules")


RULE: Final = Rule(
    id="network-armor-rate",
    title="Cloud Armor limits requests per client",
    severity=Severity.MEDIUM,
    reason="One address guesses passwords, or makes pods and their bill grow, as fast as it can.",
    fix="Add a rule `throttle`; `gcp.edge.requestsPerMinute` is its limit.",
    controls=(),
    types=(POLICY,),
    judge=judge,
)
