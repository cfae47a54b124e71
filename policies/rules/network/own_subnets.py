"""A network has the subnetworks it is given."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.network._openings import NETWORK


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is to make one in every region."""
    yield from must_be(resource, "autoCreateSubnetworks", value=False)


RULE: Final = Rule(
    id="network-own-subnets",
    title="Networks have no subnetworks made by Google",
    severity=Severity.MEDIUM,
    reason=(
        "One in every region, with the same addresses in every network, is where nobody looks, and can't be "
        "connected to another."
    ),
    fix="Set `autoCreateSubnetworks` to false.",
    controls=("nsa:worker-segmentation",),
    types=(NETWORK,),
    judge=judge,
)
