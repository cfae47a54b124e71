"""What pods of one node say to each other is seen."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be
from policies.rules.gke._nodes import standard_only


def judge(resource: Resource) -> Iterator[Violation]:
    """Autopilot always does."""
    standard_only(resource)
    yield from must_be(resource, "enableIntranodeVisibility", value=True)


RULE: Final = Rule(
    id="gke-intranode-visibility",
    title="Traffic within a node is seen by the VPC",
    severity=Severity.LOW,
    reason="Flow logs have a hole otherwise: what pods of the same node send each other never leaves it.",
    fix="Set `enableIntranodeVisibility` to true.",
    controls=("cis-gke:5.6.1",),
    types=(CLUSTER,),
    judge=judge,
)
