"""The two checks: within the budget, and everything priced."""

from dataclasses import replace
from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture
from policies.cost import estimate, verdicts
from policies.cost.text import table
from policies.model import Finding, Judge, Status
from tests.unit.policies.cost.made import POOL, cluster, costs, edited, resource

BUDGET = "gcp:billing/budget:Budget"


def finding(found: Any, check: str) -> Finding:
    return next(each for each in verdicts(found).findings if each.check == check)


def budget(units: Any, currency: str = "USD") -> Any:
    return resource(BUDGET, amount={"specifiedAmount": {"units": units, "currencyCode": currency}})


@pytest.mark.parametrize(("units", "currency", "status"), [
    ("74", "USD", Status.COMPLIANT), ("72", "USD", Status.VIOLATED), (UNKNOWN, "USD", Status.NOT_EVALUATED),
    ("1000", "EUR", Status.NOT_EVALUATED),
])  # fmt: skip
def test_the_expected_cost_is_held_against_the_budget(units: Any, currency: str, status: Status) -> None:
    regional = cluster(location="us-central1", loggingConfig={"enableComponents": []})
    found = finding(costs(regional, budget(units, currency), zoneGb=0), "cost-within-budget")
    assert found.status is status
    assert bool(found.message) == (status is not Status.COMPLIANT)


def test_it_says_both_figures(prod: Capture) -> None:
    found = finding(estimate(edited(prod, BUDGET, None, {"amount.specifiedAmount.units": "100"})), "cost-within-budget")
    assert (
        found.message == f"The expected cost is {estimate(prod).total.expected:,.2f} USD a month; the budget is 100.00."
    )


def test_within_the_budget_is_not_said_while_something_has_no_price(prod: Capture) -> None:
    unknown = edited(prod, POOL, "cluster-services", {"nodeConfig.machineType": UNKNOWN})
    found = finding(estimate(unknown), "cost-within-budget")
    assert (found.status, "but 2 have no price" in found.message) == (Status.NOT_EVALUATED, True)
    priced = [each for each in verdicts(estimate(unknown)).findings if each.check == "cost-all-priced"]
    assert {(each.status, each.resource.rpartition("::")[2]) for each in priced} == {
        (Status.NOT_EVALUATED, "cluster-services"), (Status.NOT_EVALUATED, "network-nat"),
    }  # fmt: skip


def test_what_has_no_price_is_a_finding_of_its_own() -> None:
    bucket = resource("gcp:sql/databaseInstance:DatabaseInstance")
    found = [each for each in verdicts(costs(cluster(), bucket)).findings if each.check == "cost-all-priced"]
    assert [(each.status, each.resource) for each in found] == [(Status.VIOLATED, bucket.urn)]


def test_a_stack_without_google_has_nothing_to_hold_against_a_budget(local: Capture) -> None:
    assert finding(estimate(local), "cost-within-budget").status is Status.NOT_APPLICABLE
    assert verdicts(estimate(local)).notes == ()


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_notes_tell_the_dates_and_the_most_it_can_become(name: str, request: pytest.FixtureRequest) -> None:
    found = estimate(request.getfixturevalue(name))
    notes = verdicts(found).notes
    assert found.oldest in notes[0]
    assert f"{found.total.most:,.2f}" in notes[1]
    assert len(verdicts(replace(found, budget=None)).notes) == 1


def test_checks_are_of_the_cost_judge() -> None:
    assert [(check.id, check.judge) for check in verdicts(costs()).checks] == [
        ("cost-within-budget", Judge.COST), ("cost-all-priced", Judge.COST),
    ]  # fmt: skip


@pytest.mark.parametrize("budget", [{"currency": "EUR"}, {"amount": 0.0}])
def test_a_share_of_the_budget_is_only_told_where_it_is_known(prod: Capture, budget: dict[str, Any]) -> None:
    found = estimate(prod)
    assert found.budget is not None
    assert found.budget_share == pytest.approx(found.total.expected / found.budget.amount)
    assert replace(found, budget=None).budget_share is None
    other = replace(found, budget=replace(found.budget, **budget))
    assert other.budget_share is None
    assert "% of" not in table(other)
