"""A PodDisruptionBudget lets a node be drained, and never takes all pods."""

from collections.abc import Iterator
from math import ceil
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.pods import DEPLOYMENT, STATEFUL_SET
from policies.rules.workload._pods import named
from policies.rules.workload._selecting import BUDGET, Selectors, autoscalers, pods_at_least


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """One pod may go when the workload has as few as it may; where there are several, one of them stays."""
    budgets, scaling = Selectors(capture, BUDGET, "spec.selector"), autoscalers(capture)
    for workload in capture.of(DEPLOYMENT, STATEFUL_SET):
        pods = pods_at_least(workload, scaling)
        most = max(pods - 1, 1)
        for budget in budgets.of(workload):
            going = _may_go(budget, pods)
            if not 1 <= going <= most:
                message = f"Of the {pods} pods of {named(workload)}, {going} may go; it has to be 1 to {most}."
                yield Violation(message, "spec", budget)


def _may_go(budget: Resource, pods: int) -> int:
    """How many pods it lets go; the API server rounds up what is given in percent."""
    at_most, at_least = budget.get("spec.maxUnavailable"), budget.get("spec.minAvailable")
    if at_most is not None:
        return min(_count(at_most, pods), pods)
    return max(pods - _count(at_least, pods), 0) if at_least is not None else pods


def _count(value: str | int, pods: int) -> int:
    return ceil(int(value[:-1]) * pods / 100) if isinstance(value, str) and value.endswith("%") else int(value)


def subjects(capture: Capture) -> list[Resource]:
    """The stack's budgets."""
    return capture.of(BUDGET)


RULE: Final = Rule(
    id="workload-disruption-room",
    title="PodDisruptionBudgets leave room",
    severity=Severity.MEDIUM,
    reason="A budget that allows no eviction keeps nodes from being upgraded; one that allows all protects nothing.",
    fix="Set `maxUnavailable: 1`.",
    controls=(),
    types=(BUDGET,),
    judge_stack=judge_stack,
    subjects=subjects,
)
