"""The two checks of an estimate: it is within the stack's budget, and everything in it has a price."""

from typing import Final

from policies.cost.result import Estimate
from policies.model import STACK, Check, Finding, Judge, Severity, Status, Verdicts

WITHIN_BUDGET: Final = Check(
    id="cost-within-budget",
    judge=Judge.COST,
    title="The expected cost is within the stack's budget",
    severity=Severity.MEDIUM,
    reason="A budget that is too small on the first day warns of nothing; one sees too late what grew.",
    fix="Raise `gcp.budget.amount`, or make the stack smaller; docs/cost.md tells what costs how much.",
)
ALL_PRICED: Final = Check(
    id="cost-all-priced",
    judge=Judge.COST,
    title="Everything that may cost has a price",
    severity=Severity.LOW,
    reason="What has no price is missing in the sum, and nobody sees it.",
    fix="Add its price with source and date to policies/cost/prices.yaml, or its type to free.yaml with the reason.",
)


def verdicts(estimate: Estimate) -> Verdicts:
    """What the checks find."""
    return Verdicts(
        checks=(WITHIN_BUDGET, ALL_PRICED),
        findings=(_budget(estimate), *_priced(estimate)),
        notes=_notes(estimate),
        facts={
            "monthly": estimate.total.to_json(),
            "lines": len(estimate.lines),
            "unpriced": len(estimate.unpriced),
            "prices": [estimate.oldest, estimate.newest],
        },
    )


def _budget(estimate: Estimate) -> Finding:
    budget, expected = estimate.budget, estimate.total.expected
    if estimate.region is None:
        message = "The stack has nothing on Google Cloud."
        return Finding(check=WITHIN_BUDGET.id, status=Status.NOT_APPLICABLE, resource=STACK, message=message)
    if budget is None:
        message = "The stack has no budget, or its amount is not known yet."
        return Finding(check=WITHIN_BUDGET.id, status=Status.NOT_EVALUATED, resource=STACK, message=message)
    status, message = Status.COMPLIANT, ""
    if budget.currency != "USD":
        message = f"The budget is in {budget.currency}, the estimate ({expected:,.2f}) in USD; compare them by hand."
        status = Status.NOT_EVALUATED
    elif expected > budget.amount:
        status = Status.VIOLATED
        message = f"The expected cost is {expected:,.2f} USD a month; the budget is {budget.amount:,.2f}."
    elif estimate.unpriced:
        status = Status.NOT_EVALUATED
        count = len(estimate.unpriced)
        message = (
            f"{expected:,.2f} USD a month are within the budget of {budget.amount:,.2f}, but {count} have no price."
        )
    return Finding(check=WITHIN_BUDGET.id, status=status, resource=budget.resource, message=message)


def _priced(estimate: Estimate) -> list[Finding]:
    found = [
        Finding(
            check=ALL_PRICED.id,
            status=Status.NOT_EVALUATED if each.unknown else Status.VIOLATED,
            resource=each.resource,
            message=each.reason,
        )
        for each in estimate.unpriced
    ]
    return found or [Finding(check=ALL_PRICED.id, status=Status.COMPLIANT, resource=STACK)]


def _notes(estimate: Estimate) -> tuple[str, ...]:
    if estimate.region is None:
        return ()
    notes = [
        f"List prices of {estimate.oldest} to {estimate.newest} in USD, without taxes, commitments and sustained use; "
        "amounts are assumptions (docs/cost.md)."
    ]
    if estimate.budget and estimate.budget.currency == "USD" and estimate.total.most > estimate.budget.amount:
        notes.append(
            f"If everything that scales were at its most, the stack would cost {estimate.total.most:,.2f} USD a month, "
            f"above the budget of {estimate.budget.amount:,.2f}."
        )
    return tuple(notes)
