"""What keeps data runs on nodes that stay."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules.gke._nodes import may_host


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Pools that a StatefulSet's node selector names, or that nothing keeps it away from."""
    for pool in subjects(capture):
        for path in ("nodeConfig.spot", "nodeConfig.preemptible"):
            if may_host(pool, capture) and pool.get(path):
                message = f"`{path}` is true, and a StatefulSet may run there; nodes of a database have to stay."
                yield Violation(message, path, pool)


def subjects(capture: Capture) -> list[Resource]:
    """All node pools."""
    return capture.of(NODE_POOL)


RULE: Final = Rule(
    id="gke-stateful-not-spot",
    title="No StatefulSet runs on Spot VMs",
    severity=Severity.HIGH,
    reason=(
        "Google takes a Spot VM away with 30 seconds' notice, for every member at once if it likes; a "
        "database is down then."
    ),
    fix="Set `gcp.cluster.pools.NAME.spot` to false for the pool of the database.",
    controls=(),
    types=(NODE_POOL,),
    judge_stack=judge_stack,
    subjects=subjects,
)
