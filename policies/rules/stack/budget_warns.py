"""Somebody is told before the budget is spent."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_come_from
from policies.rules.stack.budget import BUDGET

_CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"


def judge(resource: Resource) -> Iterator[Violation]:
    """A threshold below all of it, one of what is forecast, and a contact."""
    rules = [
        (resource.get(f"{rule}.spendBasis", "CURRENT_SPEND"), float(resource.get(f"{rule}.thresholdPercent", 0)))
        for rule in each(resource, "thresholdRules")
    ]
    if not any(basis == "CURRENT_SPEND" and 0 < share < 1 for basis, share in rules):
        yield Violation("`thresholdRules` has none below all of the budget; it has to.", "thresholdRules")
    if not any(basis == "FORECASTED_SPEND" for basis, _ in rules):
        yield Violation("`thresholdRules` has none of what is forecast; it has to.", "thresholdRules")
    yield from must_come_from(resource, "allUpdatesRule.monitoringNotificationChannels", _CHANNEL)


RULE: Final = Rule(
    id="stack-budget-warns",
    title="Somebody is told before the budget is spent",
    severity=Severity.MEDIUM,
    reason="A budget stops nothing: all it does is tell, and told at 100 % it is too late.",
    fix="Give `gcp.budget.thresholds` one below 1, and `gcp.project.contact` an address.",
    types=(BUDGET,),
    judge=judge,
)
