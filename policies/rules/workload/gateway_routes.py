"""Not every namespace may take the shop's address."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_not_be
from policies.rules.workload._edge import GATEWAY


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means Same."""
    for path in each(resource, "spec.listeners"):
        why = "every namespace could answer in the shop's name"
        yield from must_not_be(resource, f"{path}.allowedRoutes.namespaces.from", ("All",), why)


RULE: Final = Rule(
    id="workload-gateway-routes",
    title="Gateways take routes of named namespaces only",
    severity=Severity.MEDIUM,
    reason="Whoever can make a route in any namespace could answer in the shop's name.",
    fix="Set `allowedRoutes.namespaces.from` of each listener to Selector or Same.",
    controls=(),
    types=(GATEWAY,),
    judge=judge,
)
