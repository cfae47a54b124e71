"""Figures as sentences, the same in every report."""

from policies.cost import Estimate
from policies.model import Status
from policies.report.assessment import Assessment


def summary(assessment: Assessment) -> str:
    """What was judged, and how it came out."""
    counts = ", ".join(f"{assessment.count(status)} {status.value}" for status in Status)
    failing = len(assessment.failing)
    return (
        f"{len(assessment.capture.resources)} resources, {len(assessment.checks)} checks: {counts}. "
        f"{failing} {'violation fails' if failing == 1 else 'violations fail'} it (from {assessment.threshold} on)."
    )


def cost(estimate: Estimate) -> str:
    """What a month costs, against the budget and the free credit."""
    total = estimate.total
    said = f"${total.expected:,.2f} a month expected, ${total.least:,.2f} to ${total.most:,.2f} as it scales"
    if estimate.budget is not None and estimate.budget_share is not None:
        said += (
            f"; {estimate.budget_share:.0%} of the budget of {estimate.budget.amount:,.0f} {estimate.budget.currency}"
        )
    if estimate.trial.days is not None:
        lasts = min(estimate.trial.days, estimate.trial.limit)
        said += f"; the free credit of ${estimate.trial.credit:,.0f} lasts {lasts:.0f} days"
    if estimate.unpriced:
        said += f"; {len(estimate.unpriced)} without a price"
    return f"{said}. Prices of {estimate.oldest} to {estimate.newest}."
