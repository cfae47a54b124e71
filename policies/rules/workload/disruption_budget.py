"""Nodes are drained pod by pod."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.pods import DEPLOYMENT, STATEFUL_SET
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import BUDGET, Selectors, may_be_several, several


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """One, and one only: the API server refuses to evict a pod that two cover. Of one pod none is asked."""
    budgets = Selectors(capture, BUDGET, "spec.selector")
    for workload in several(capture):
        found = budgets.of(workload)
        if len(found) != 1:
            message = f"{len(found)} PodDisruptionBudgets cover {named(workload)}; one has to."
            yield Violation(message, resource=workload)


RULE: Final = Rule(
    id="workload-disruption-budget",
    title="A PodDisruptionBudget covers every workload of several pods",
    severity=Severity.MEDIUM,
    reason="Without one an upgrade of the nodes may end all pods of a service at once.",
    fix="Give the workload a PodDisruptionBudget that selects its pods.",
    controls=(),
    types=(DEPLOYMENT, STATEFUL_SET),
    judge_stack=judge_stack,
    subjects=may_be_several,
)
