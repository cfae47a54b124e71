"""Somebody looks from outside, and says when nothing answers."""

import json
from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules._google import must_be_on_google
from policies.rules.stack.alerts_reach_somebody import ALERT

CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_METRIC: Final = "uptime_check/check_passed"
_OBJECTIVE: Final = "gcp:monitoring/slo:Slo"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """There are checks, and an alert on what they find; one on an objective is on something else."""
    must_be_on_google(capture)
    alerts = [alert for alert in capture.of(ALERT) if not alert.comes_from("conditions", _OBJECTIVE)]
    if not capture.of(CHECK):
        yield Violation("Nothing is checked from outside; an uptime check has to be.")
    elif not any(_METRIC in json.dumps(alert.get("conditions", [])) for alert in alerts):
        yield Violation("No alert is on what the uptime checks find; one has to be.")


RULE: Final = Rule(
    id="stack-uptime",
    title="The shop is checked from outside, with an alert",
    severity=Severity.MEDIUM,
    reason="All within may be well while nobody gets in: a name, a certificate, a rule of the firewall.",
    fix="Set `page` of the services, and leave `gcp.observability` in.",
    controls=("nsa:monitoring",),
    judge_stack=judge_stack,
)
