"""Who says no name is answered as to health only."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """The default answers as far as roles bound to everybody go."""
    yield from must_be(resource, "anonymousAuthenticationConfig.mode", "LIMITED")


RULE: Final = Rule(
    id="gke-anonymous-requests",
    title="Anonymous requests reach health checks only",
    severity=Severity.MEDIUM,
    reason="A role bound to everybody by mistake opens the cluster to who says no name.",
    fix="Set `anonymousAuthenticationConfig.mode` to LIMITED.",
    controls=("cis-gke:4.1.8", "nsa:authentication"),
    types=(CLUSTER,),
    judge=judge,
)
