"""Where a resource describes nodes, and what rules ask of each description."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from policies.capture import Capture, Resource
from policies.model import NotApplicableError, Violation
from policies.rules._grants import CLUSTER, NODE_POOL
from policies.rules._reading import each

DESCRIBE_NODES: Final = (NODE_POOL, CLUSTER)
TAINTS: Final = "nodeConfig.taints"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
_DEFAULTS: Final = "clusterAutoscaling.autoProvisioningDefaults"
"""What is said of nodes that GKE adds by itself, as Autopilot and node auto-provisioning do."""


def is_autopilot(cluster: Resource) -> bool:
    """Whether Google runs the cluster's nodes."""
    return cluster.get("enableAutopilot") is True


def standard_only(cluster: Resource) -> None:
    """Go on for a Standard cluster.

    Raises:
        NotApplicableError: It is an Autopilot cluster.
    """
    if is_autopilot(cluster):
        msg = "Autopilot has it built in, and lets nobody turn it off."
        raise NotApplicableError(msg)


def described(resource: Resource) -> str:
    """Path of the nodes in a node pool, or in a Standard cluster that has a default pool.

    Raises:
        NotApplicableError: The cluster describes none.
    """
    if resource.type == CLUSTER:
        standard_only(resource)
        if not resource.has("nodeConfig"):
            msg = "The cluster describes no nodes; its pools do."
            raise NotApplicableError(msg)
    return "nodeConfig"


def on_nodes(ask: Callable[[Resource, str], Iterator[Violation]]) -> Callable[[Resource], Iterator[Violation]]:
    """A judge that asks something of the nodes a resource describes; `ask` is given the resource and their path."""

    def judge(resource: Resource) -> Iterator[Violation]:
        yield from ask(resource, described(resource))

    return judge


def everywhere(resource: Resource) -> list[str]:
    """The same as `described`, with nodes that GKE adds by itself, in Autopilot too."""
    if resource.type == NODE_POOL:
        return ["nodeConfig"]
    adds = is_autopilot(resource) or resource.get("clusterAutoscaling.enabled") is True
    found = [*(["nodeConfig"] if resource.has("nodeConfig") else []), *([_DEFAULTS] if adds else [])]
    if not found:
        msg = "The cluster describes no nodes; its pools do."
        raise NotApplicableError(msg)
    return found


def bound_to(pool: Resource, capture: Capture) -> list[Resource]:
    """StatefulSets whose node selector names the pool's nodes by their labels."""
    return [workload for workload, selector in _fitting(pool, capture) if selector]


def may_host(pool: Resource, capture: Capture) -> list[Resource]:
    """StatefulSets that may run on the pool's nodes: bound to it, or to none and not kept away from it."""
    return [workload for workload, selector in _fitting(pool, capture) if selector or not is_tainted(pool)]


def is_tainted(pool: Resource) -> bool:
    """Whether the pool's nodes take only what tolerates their taint."""
    return any(pool.get(f"{taint}.effect") in ("NO_SCHEDULE", "NO_EXECUTE") for taint in each(pool, TAINTS))


def _fitting(pool: Resource, capture: Capture) -> Iterator[tuple[Resource, Mapping[str, str]]]:
    labels = pool.get("nodeConfig.labels", {})
    for workload in capture.of(STATEFUL_SET):
        selector = workload.get("spec.template.spec.nodeSelector", {})
        if selector.items() <= labels.items():
            yield workload, selector
