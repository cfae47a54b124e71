"""A node proves that it is one."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_not_be
from policies.rules.gke._nodes import standard_only


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is on."""
    standard_only(resource)
    yield from must_not_be(resource, "enableShieldedNodes", (False,), "who breaks into a pod may claim to be a node")


RULE: Final = Rule(
    id="gke-shielded-nodes",
    title="Nodes are shielded",
    severity=Severity.HIGH,
    reason="Without it, credentials stolen from one node let anything join the cluster as another.",
    fix="Leave `enableShieldedNodes` true.",
    controls=("cis-gke:5.5.5",),
    types=(CLUSTER,),
    judge=judge,
)
