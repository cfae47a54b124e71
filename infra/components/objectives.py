"""What a service promises, and when its budget for errors is spent too fast.

Both promises are over the last 28 days, of requests as the load balancer saw them. An alert needs two windows at once:
the long one says that it matters, the short one that it still goes on, so that it closes soon after the cause is gone.

Source: sre.google/workbook/alerting-on-slos (multiwindow, multi-burn-rate), cloud.google.com/stackdriver/docs/
solutions/slo-monitoring/sli-metrics/lb-metrics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pulumi

from infra.components import telemetry
from infra.components.alerts import Alert
from infra.settings_gcp import ObservabilitySettings

if TYPE_CHECKING:
    from pulumi_gcp.monitoring import AlertPolicyConditionArgsDict, SloRequestBasedSliArgsDict

DAYS: Final = 28
"""Four whole weeks, so that every week day counts alike."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A promise of one service."""

    name: str
    """Its id within the service, e.g. "availability"."""
    text: str
    """The promise in words."""
    goal: float
    """Share of good requests."""
    sli: "SloRequestBasedSliArgsDict"
    """Which requests are good."""


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast a budget may be spent before somebody is told; 1 spends it exactly within 28 days."""

    name: str
    rate: float
    long: int
    """Seconds of the long window."""
    short: int
    """Seconds of the short window."""
    manner: str
    """The same in a sentence."""
    severity: str


BURNS: Final = (
    # 2 % of the budget in an hour, and 5 % in six.
    Burn("fast", 14.4, 3600, 300, "fast", "CRITICAL"),
    Burn("slow", 6, 21600, 1800, "slowly", "WARNING"),
)


def objectives(settings: ObservabilitySettings, namespace: str, service: str) -> Iterator[Objective]:
    """The promises of a service."""
    yield Objective(
        "availability",
        f"{settings.availability:.4g} of requests are answered without a server error",
        settings.availability,
        {
            "good_total_ratio": {
                "total_service_filter": telemetry.requests(telemetry.REQUESTS, namespace, service),
                "bad_service_filter": telemetry.requests(
                    telemetry.REQUESTS, namespace, service, telemetry.SERVER_ERROR
                ),
            }
        },
    )
    yield Objective(
        "latency",
        f"{settings.latency_share:.4g} of requests are answered within {settings.latency_ms} ms",
        settings.latency_share,
        {
            "distribution_cut": {
                "distribution_filter": telemetry.requests(telemetry.LATENCIES, namespace, service),
                "range": {"max": settings.latency_ms},
            }
        },
    )


def alert(service: str, objective: Objective, burn: Burn, name: pulumi.Input[str]) -> Alert:
    """The alert on a budget that is spent too fast; `name` is the full name of the service level objective."""
    conditions: list[AlertPolicyConditionArgsDict] = [
        {
            "display_name": f"Budget burns {burn.rate:g} times too fast over {seconds // 60} minutes",
            "condition_threshold": {
                "filter": pulumi.Output.format('select_slo_burn_rate("{0}", "{1}s")', name, seconds),
                "comparison": "COMPARISON_GT",
                "threshold_value": burn.rate,
                "duration": "0s",
            },
        }
        for seconds in (burn.long, burn.short)
    ]
    return Alert(
        f"{service}-{objective.name}-{burn.name}",
        f"{service}: {objective.name} gets worse {burn.manner}",
        f"The promise: {objective.text}, over {DAYS} days. Its budget is spent {burn.rate:g} times too fast.",
        "an-objective-is-in-danger",
        burn.severity,
        conditions,
    )
