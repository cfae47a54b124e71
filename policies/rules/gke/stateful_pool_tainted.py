"""Nodes of the database are its own."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import NODE_POOL
from policies.rules.gke._nodes import TAINTS, bound_to, is_tainted


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Pools that a StatefulSet's node selector names; who does not tolerate the taint stays away."""
    for pool in subjects(capture):
        if bound_to(pool, capture) and not is_tainted(pool):
            message = f"`{TAINTS}` keeps nothing away from the pool of a StatefulSet; it has to have one NO_SCHEDULE."
            yield Violation(message, TAINTS, pool)


def subjects(capture: Capture) -> list[Resource]:
    """All node pools."""
    return capture.of(NODE_POOL)


RULE: Final = Rule(
    id="gke-stateful-pool-tainted",
    title="Nodes of a StatefulSet are kept free of other pods",
    severity=Severity.MEDIUM,
    reason=(
        "A busy service beside it takes the database's memory and CPU, and who breaks out of it is where the data is."
    ),
    fix="Give the pool a taint NO_SCHEDULE; a pool of purpose database has one.",
    controls=(),
    types=(NODE_POOL,),
    judge_stack=judge_stack,
    subjects=subjects,
)
