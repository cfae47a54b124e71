"""What nobody let in is refused and seen."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.network._openings import EVERYBODY, FIREWALL, NETWORK


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By a rule of each network that refuses everything from everybody, and logs it."""
    refused = {
        urn
        for rule in capture.of(FIREWALL)
        if _refuses_all(rule)
        for urn in rule.property_dependencies.get("network", ())
    }
    for network in subjects(capture):
        if network.urn not in refused:
            yield Violation(
                "No firewall rule of the network refuses and logs all the rest; one has to.", resource=network
            )


def subjects(capture: Capture) -> list[Resource]:
    """The networks."""
    return capture.of(NETWORK)


def _refuses_all(rule: Resource) -> bool:
    return (
        rule.get("disabled") is not True
        and rule.get("direction", "INGRESS") == "INGRESS"
        and EVERYBODY in rule.get("sourceRanges", [])
        and any(rule.get(f"{deny}.protocol") == "all" for deny in each(rule, "denies"))
        and rule.get("logConfig") is not None
    )


RULE: Final = Rule(
    id="network-rest-refused",
    title="Networks refuse and log what no rule lets in",
    severity=Severity.MEDIUM,
    reason="The network's own last rule refuses too, but logs nothing: nobody sees who knocks.",
    fix="Give the network a Firewall of low priority that denies all from 0.0.0.0/0, with `logConfig`.",
    controls=("cis-gke:5.6.6", "nsa:audit-logs"),
    types=(NETWORK,),
    judge_stack=judge_stack,
    subjects=subjects,
)
