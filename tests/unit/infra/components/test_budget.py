"""The budget: of this project alone, told to the contact, and not hidden by a free trial."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.components.budget import CREDITS, Budget, BudgetArgs
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_project
from tests.unit.infra.recorder import Recording, rehearsed_values, run


def recorded(stack: str = "dev", **changes: Mapping[str, Any] | bool) -> Recording:
    def program() -> None:
        gcp = gcp_settings(stack, **changes)
        project = make_project(gcp)
        Budget(
            "budget",
            BudgetArgs(
                names=NAMES,
                settings=gcp.budget,
                billing_account=gcp.project.billing_account,
                contact=gcp.project.contact,
                project=project.id,
                number=project.number,
                apis=project.apis,
            ),
            pulumi.ResourceOptions(providers=[project.provider]),
        )

    return run(program)


@pytest.fixture(scope="module")
def dev() -> Recording:
    return recorded()


def test_it_is_of_this_project_and_this_month(dev: Recording) -> None:
    inputs = dev.inputs("Budget", "budget")
    assert inputs["billingAccount"] == "0A0A0A-0B0B0B-0C0C0C"
    assert inputs["budgetFilter"]["projects"] == ["projects/123456789012"]
    assert inputs["budgetFilter"]["calendarPeriod"] == "MONTH"
    amount = rehearsed_values("dev")["gcp"]["budget"]["amount"]
    assert inputs["amount"] == {"specifiedAmount": {"currencyCode": "USD", "units": str(amount)}}
    assert len(inputs["displayName"]) <= 60


def test_a_free_trial_hides_nothing(dev: Recording) -> None:
    budget_filter = dev.inputs("Budget", "budget")["budgetFilter"]
    assert budget_filter["creditTypesTreatment"] == "INCLUDE_SPECIFIED_CREDITS"
    assert budget_filter["creditTypes"] == list(CREDITS)
    assert "PROMOTION" not in CREDITS


def test_the_contact_and_the_topic_are_told(dev: Recording) -> None:
    assert dev.inputs("NotificationChannel", "budget-contact")["labels"] == {"email_address": "platform@example.com"}
    rule = dev.inputs("Budget", "budget")["allUpdatesRule"]
    assert len(rule["monitoringNotificationChannels"]) == 1
    assert rule["pubsubTopic"].endswith("/atm-dev-spending")
    assert rule["schemaVersion"] == "1.0"
    assert rule["disableDefaultIamRecipients"] is False


def test_its_call_is_charged_to_the_project_whose_api_is_enabled(dev: Recording) -> None:
    assert dev.request("Budget", "budget").provider.split("::")[-2] == "project-provider"
    assert "Service project-billingbudgets" in dev.depends_on("Budget", "budget")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    amount=st.integers(1, 1_000_000),
    thresholds=st.lists(st.sampled_from([0.1, 0.5, 0.75, 0.9, 1.0, 1.2]), min_size=1, unique=True).map(sorted),
    currency=st.sampled_from(["USD", "EUR", "CRC"]),
)
def test_for_all_settings_each_threshold_is_told_once_and_the_last_one_also_ahead(
    amount: int, thresholds: list[float], currency: str
) -> None:
    inputs = recorded(budget={"amount": amount, "thresholds": thresholds, "currency": currency}).inputs(
        "Budget", "budget"
    )
    assert inputs["amount"]["specifiedAmount"] == {"currencyCode": currency, "units": str(amount)}
    rules = [(rule["spendBasis"], rule["thresholdPercent"]) for rule in inputs["thresholdRules"]]
    assert rules == [*(("CURRENT_SPEND", share) for share in thresholds), ("FORECASTED_SPEND", thresholds[-1])]
