"""The kubelet answers only who says who he is."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be
from policies.rules.gke._nodes import DESCRIBE_NODES, described, is_autopilot


def judge(resource: Resource) -> Iterator[Violation]:
    """Of nodes, or of those that Autopilot makes; the default of older clusters is open."""
    of_autopilot = resource.type == CLUSTER and is_autopilot(resource)
    path = "nodePoolAutoConfig.nodeKubeletConfig" if of_autopilot else f"{described(resource)}.kubeletConfig"
    yield from must_be(resource, f"{path}.insecureKubeletReadonlyPortEnabled", "FALSE")


RULE: Final = Rule(
    id="gke-kubelet-read-only-port",
    title="The kubelet's read-only port is closed",
    severity=Severity.MEDIUM,
    reason="It tells every pod of the cluster what runs on the node, without asking who wants to know.",
    fix="Set `kubeletConfig.insecureKubeletReadonlyPortEnabled` to FALSE.",
    controls=("nsa:authentication",),
    types=DESCRIBE_NODES,
    judge=judge,
)
