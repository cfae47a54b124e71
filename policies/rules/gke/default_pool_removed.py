"""Every pool is one of the program."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be
from policies.rules.gke._nodes import standard_only


def judge(resource: Resource) -> Iterator[Violation]:
    """Autopilot has none."""
    standard_only(resource)
    yield from must_be(resource, "removeDefaultNodePool", value=True)


RULE: Final = Rule(
    id="gke-default-pool-removed",
    title="The default node pool is removed",
    severity=Severity.MEDIUM,
    reason="It can't be changed without another cluster, so that its nodes stay as they were made.",
    fix="Set `removeDefaultNodePool` to true and make NodePools.",
    controls=(),
    types=(CLUSTER,),
    judge=judge,
)
