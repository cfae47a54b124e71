"""Floods are noticed."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.network._armor import POLICY, rules_of_backends


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is off."""
    rules_of_backends(resource)
    yield from must_be(resource, "adaptiveProtectionConfig.layer7DdosDefenseConfig.enable", value=True)


RULE: Final = Rule(
    id="network-armor-adaptive",
    title="Cloud Armor looks for floods of requests",
    severity=Severity.LOW,
    reason="A flood from many addresses stays below every limit per client.",
    fix="Set `adaptiveProtectionConfig.layer7DdosDefenseConfig.enable` to true.",
    controls=("nsa:monitoring",),
    types=(POLICY,),
    judge=judge,
)
