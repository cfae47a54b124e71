"""It is known whom the stack talks to."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.network._openings import NETWORK

_POLICY: Final = "gcp:dns/policy:Policy"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By a DNS policy of each network."""
    logged = {
        urn
        for policy in capture.of(_POLICY)
        if policy.get("enableLogging") is True
        for urn in policy.property_dependencies.get("networks", ())
    }
    for network in subjects(capture):
        if network.urn not in logged:
            yield Violation("No DNS policy logs the names that the network asks for; one has to.", resource=network)


def subjects(capture: Capture) -> list[Resource]:
    """The networks."""
    return capture.of(NETWORK)


RULE: Final = Rule(
    id="network-names-logged",
    title="Networks log the names that are asked for",
    severity=Severity.LOW,
    reason="What was broken into calls home by a name; without the log nobody knows which.",
    fix="Give the network a dns.Policy with `enableLogging`.",
    controls=("nsa:audit-logs",),
    types=(NETWORK,),
    judge_stack=judge_stack,
    subjects=subjects,
)
