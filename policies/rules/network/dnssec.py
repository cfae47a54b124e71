"""Answers about the domain are signed."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._reading import each, must_be, must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Of public zones; an algorithm is only named where Google's own is not wanted."""
    if resource.get("visibility", "public") != "public":
        msg = "Nobody outside asks a private zone."
        raise NotApplicableError(msg)
    yield from must_be(resource, "dnssecConfig.state", "on")
    for key in each(resource, "dnssecConfig.defaultKeySpecs"):
        yield from must_not_be(resource, f"{key}.algorithm", ("rsasha1",), "its signatures can be forged")


RULE: Final = Rule(
    id="network-dnssec",
    title="Public zones are signed",
    severity=Severity.MEDIUM,
    reason="Without DNSSEC a forged answer leads customers, and who issues certificates, elsewhere.",
    fix="Set `dnssecConfig.state` to on, and the DS record at the registrar.",
    controls=(),
    types=("gcp:dns/managedZone:ManagedZone",),
    judge=judge,
)
