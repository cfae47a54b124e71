"""A way out that is full is seen."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is none."""
    yield from must_be(resource, "logConfig.enable", value=True)


RULE: Final = Rule(
    id="network-nat-logs",
    title="NAT logs",
    severity=Severity.LOW,
    reason="Connections it drops for want of ports are told nowhere else.",
    fix="Set `logConfig.enable` to true.",
    controls=("nsa:audit-logs",),
    types=("gcp:compute/routerNat:RouterNat",),
    judge=judge,
)
