"""Who may come in is named."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_not_be
from policies.rules.workload._pods import NETWORK_POLICY, present


def judge(resource: Resource) -> Iterator[Violation]:
    """Neither by leaving it out, nor by an address range that is all there is."""
    for rule in each(resource, "spec.ingress"):
        if not present(resource, f"{rule}.from"):
            yield Violation(f"`{rule}.from` is absent, which means everywhere; it has to name somebody.", rule)
        for peer in each(resource, f"{rule}.from"):
            why = "that is everywhere"
            yield from must_not_be(resource, f"{peer}.ipBlock.cidr", ("0.0.0.0/0", "::/0"), why)


RULE: Final = Rule(
    id="workload-ingress-sources",
    title="NetworkPolicies let nobody in from everywhere",
    severity=Severity.HIGH,
    reason="A rule without a source, or with every address, opens the port to whoever can reach the cluster.",
    fix="Name the sources in `from`: a namespace, pods, or the load balancer's ranges.",
    controls=("cis-gke:4.3.2", "nsa:network-policies"),
    types=(NETWORK_POLICY,),
    judge=judge,
)
