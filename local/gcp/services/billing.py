"""Budgets of a billing account."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import BILLING_ACCOUNT, PROJECT, Cloud, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import (
    DELETION_POLICY,
    NOTIFICATION_CHANNEL,
    TOPIC,
    between,
    given,
    known,
    settled,
    unique,
    values,
    words,
)

_API: Final = "billingbudgets.googleapis.com"
_CHANNELS: Final = 5
_NAME: Final = 60
_FILTER: Final = words(
    "calendarPeriod creditTypesTreatment customPeriod labels projects resourceAncestors services subaccounts"
)


def _enabled(_resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    # A budget is in no project: the call is charged to the one the provider works for.
    if not any(cloud.enabled(str(project.get("projectId")), _API) for project in cloud.all(PROJECT)):
        yield Refused(
            403,
            f"Cloud Billing Budget API has not been used before or it is disabled. Enable {_API} in the project that "
            "the provider works for, and let this depend on it.",
        )


def _numbers(properties: Properties) -> Iterator[str]:
    """Source: the budget resource, `budgetFilter.projects`: Google answers with numbers, an id is a change forever."""
    for where, value in values(properties, "budgetFilter.projects.*"):
        if not re.fullmatch(r"projects/\d+", str(value)):
            yield (
                f"{where} is {value!r}; projects/NUMBER is required, or each preview shows a change. Use the project's "
                "output `number`."
            )


def _channels(properties: Properties) -> Iterator[str]:
    named = known(properties, "allUpdatesRule.monitoringNotificationChannels") or []
    if len(named) > _CHANNELS:
        yield f"allUpdatesRule.monitoringNotificationChannels has {len(named)}; at most {_CHANNELS} are allowed."


def _forecast(properties: Properties) -> Iterator[str]:
    bases = [value for _, value in values(properties, "thresholdRules.*.spendBasis")]
    if given(properties, "budgetFilter.customPeriod") and "FORECASTED_SPEND" in bases:
        yield "thresholdRules has FORECASTED_SPEND, which a budget with a custom period cannot have."


KINDS: Final = (
    Kind(
        token="gcp:billing/budget:Budget",
        id="billingAccounts/{billingAccount}/budgets/{#uuid}",
        api=None,
        source="cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets",
        names=("name",),
        immutable=frozenset({"billingAccount"}),
        one_of=(("amount.lastPeriodAmount", "amount.specifiedAmount"),),
        at_least_one_of=(
            ("allUpdatesRule.monitoringNotificationChannels", "allUpdatesRule.pubsubTopic"),
            tuple(f"budgetFilter.{name}" for name in sorted(_FILTER)),
        ),
        conflicts=(("budgetFilter.calendarPeriod", "budgetFilter.customPeriod"),),
        values={
            "billingAccount": re.compile(r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}"),
            "displayName": re.compile(rf".{{0,{_NAME}}}"),
            "amount.specifiedAmount.units": re.compile(r"\d{1,18}"),
            "amount.specifiedAmount.currencyCode": re.compile(r"[A-Z]{3}"),
            "thresholdRules.*.spendBasis": words("CURRENT_SPEND FORECASTED_SPEND"),
            "budgetFilter.calendarPeriod": words("MONTH QUARTER YEAR CALENDAR_PERIOD_UNSPECIFIED"),
            "budgetFilter.creditTypesTreatment": words(
                "INCLUDE_ALL_CREDITS EXCLUDE_ALL_CREDITS INCLUDE_SPECIFIED_CREDITS"
            ),
            "budgetFilter.services.*": re.compile(r"services/[0-9A-F-]+"),
            "allUpdatesRule.pubsubTopic": re.compile(r"projects/[^/]+/topics/[^/]+"),
            "allUpdatesRule.schemaVersion": words("1.0"),
            "ownershipScope": words("OWNERSHIP_SCOPE_UNSPECIFIED ALL_USERS BILLING_ACCOUNT"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            between("thresholdRules.*.thresholdPercent", 0, 1e9),
            unique("thresholdRules.*"),
            _numbers,
            _channels,
            _forecast,
        ),
        references=(
            Reference(path="billingAccount", to=(BILLING_ACCOUNT,), holds=False, status=403),
            Reference(path="budgetFilter.projects.*", to=(PROJECT,), holds=False, status=403),
            Reference(path="allUpdatesRule.pubsubTopic", to=(TOPIC,), holds=False),
            Reference(
                path="allUpdatesRule.monitoringNotificationChannels.*",
                to=(NOTIFICATION_CHANNEL,),
                holds=False,
                status=400,
            ),
        ),
        rules=(_enabled,),
        outputs=lambda resource, _: {"name": resource.id.rpartition("/")[2]},
    ),
)
