"""Where pods may go is named."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_not_be
from policies.rules.workload._pods import NETWORK_POLICY, present


def judge(resource: Resource) -> Iterator[Violation]:
    """Neither by leaving it out, nor by an address range that is all there is."""
    for rule in each(resource, "spec.egress"):
        if not present(resource, f"{rule}.to"):
            yield Violation(f"`{rule}.to` is absent, which means everywhere; it has to name somebody.", rule)
        for peer in each(resource, f"{rule}.to"):
            why = "that is everywhere"
            yield from must_not_be(resource, f"{peer}.ipBlock.cidr", ("0.0.0.0/0", "::/0"), why)


RULE: Final = Rule(
    id="workload-egress-destinations",
    title="NetworkPolicies let nobody out to everywhere",
    severity=Severity.MEDIUM,
    reason="A way out to every address is a way to carry data off, and to load what an attacker needs.",
    fix="Name the destinations in `to`: pods, or the addresses that are needed.",
    controls=("cis-gke:4.3.2", "nsa:network-policies"),
    types=(NETWORK_POLICY,),
    judge=judge,
)
