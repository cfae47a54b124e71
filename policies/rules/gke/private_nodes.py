"""Nodes have no address outside."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER, NODE_POOL
from policies.rules._reading import must_be, must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """A pool may not undo what its cluster says; absent there, it has what the cluster has."""
    if resource.type == CLUSTER:
        yield from must_be(resource, "privateClusterConfig.enablePrivateNodes", value=True)
    else:
        path = "networkConfig.enablePrivateNodes"
        yield from must_not_be(resource, path, (False,), "nodes of the pool get public addresses")


RULE: Final = Rule(
    id="gke-private-nodes",
    title="Nodes have no public address",
    severity=Severity.CRITICAL,
    reason=(
        "A node with a public address is scanned within minutes, and one open port or one bug of the kubelet "
        "away from being taken."
    ),
    fix=(
        "Set `privateClusterConfig.enablePrivateNodes` to true, and leave `networkConfig.enablePrivateNodes` "
        "out of pools."
    ),
    controls=("cis-gke:5.6.5", "nsa:worker-segmentation"),
    types=(CLUSTER, NODE_POOL),
    judge=judge,
)
