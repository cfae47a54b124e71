"""What the stack may cost before somebody is told.

Owns: a monthly budget of the project, an e-mail for each threshold, and a topic that is told what has been spent,
several times a day, for whoever wants to act on it.

A budget stops nothing. It counts what is paid for once a free trial is over: credits that are part of the prices count,
promotions do not, or the trial would hide what is spent until it is used up.

Deliberately not here: a subscription to the topic, and switching anything off. The right to publish to the topic Google
takes itself, when the budget is made by somebody who may give it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pulumi
from pulumi_gcp import billing, monitoring, pubsub

from infra.components.base import Component
from infra.naming import Naming, logical
from infra.settings_gcp import BudgetSettings

if TYPE_CHECKING:
    from pulumi_gcp.billing import BudgetThresholdRuleArgsDict

_BUDGETS: Final = "billingbudgets.googleapis.com"
_MONITORING: Final = "monitoring.googleapis.com"
_PUBSUB: Final = "pubsub.googleapis.com"
APIS: Final[tuple[str, ...]] = (_BUDGETS, _MONITORING, _PUBSUB)

CREDITS: Final = (
    "COMMITTED_USAGE_DISCOUNT",
    "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE",
    "DISCOUNT",
    "FREE_TIER",
    "RESELLER_MARGIN",
    "SUBSCRIPTION_BENEFIT",
    "SUSTAINED_USAGE_DISCOUNT",
)
"""Credits that lower what counts: all but PROMOTION, which is what a free trial is.

Source: cloud.google.com/billing/docs/how-to/export-data-bigquery-tables (credits.type)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetArgs:
    """Inputs of Budget."""

    names: Naming
    """Names of the stack."""
    settings: BudgetSettings
    """Amount, currency and thresholds."""
    billing_account: str
    """Billing account that pays for the project."""
    contact: str
    """E-mail address that is told, besides the administrators of the billing account."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called. Source: Project.apis."""


class Budget(Component):
    """The budget of a stack; its provider has to be one that charges calls to the project (Project.provider)."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Budget"

    topic: pulumi.Output[str]
    """Id of the topic, "projects/<project>/topics/<name>"."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        display = args.names.physical("budget", "budget")
        channel = monitoring.NotificationChannel(
            logical(name, "contact"),
            project=args.project,
            display_name=display,
            type="email",
            labels={"email_address": args.contact},
            opts=self.child(depends_on=[args.apis[_MONITORING]]),
        )
        topic = pubsub.Topic(
            logical(name, "spending"),
            project=args.project,
            name=args.names.physical("spending", "topic"),
            opts=self.child(depends_on=[args.apis[_PUBSUB]]),
        )
        billing.Budget(
            name,
            billing_account=args.billing_account,
            display_name=display,
            budget_filter={
                "projects": [pulumi.Output.format("projects/{0}", args.number)],
                "calendar_period": "MONTH",
                "credit_types_treatment": "INCLUDE_SPECIFIED_CREDITS",
                "credit_types": list(CREDITS),
            },
            amount={"specified_amount": {"currency_code": settings.currency, "units": str(settings.amount)}},
            threshold_rules=_rules(settings),
            all_updates_rule={
                "monitoring_notification_channels": [channel.name],
                "pubsub_topic": topic.id,
                "schema_version": "1.0",
                "disable_default_iam_recipients": False,
            },
            opts=self.child(depends_on=[args.apis[_BUDGETS]]),
        )
        self.topic = topic.id
        self.register_outputs({"topic": self.topic})


def _rules(settings: BudgetSettings) -> "list[BudgetThresholdRuleArgsDict]":
    spent: list[BudgetThresholdRuleArgsDict] = [
        {"threshold_percent": share, "spend_basis": "CURRENT_SPEND"} for share in settings.thresholds
    ]
    return [*spent, {"threshold_percent": settings.thresholds[-1], "spend_basis": "FORECASTED_SPEND"}]
