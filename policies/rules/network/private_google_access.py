"""Google's APIs are reached inside."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.network._subnets import SUBNET, of_machines


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is off."""
    of_machines(resource)
    yield from must_be(resource, "privateIpGoogleAccess", value=True)


RULE: Final = Rule(
    id="network-private-google-access",
    title="Nodes reach Google's APIs without leaving Google's network",
    severity=Severity.MEDIUM,
    reason="Images and logs would go out by NAT, which is slower and paid for, and fail with it.",
    fix="Set `privateIpGoogleAccess` to true.",
    controls=(),
    types=(SUBNET,),
    judge=judge,
)
