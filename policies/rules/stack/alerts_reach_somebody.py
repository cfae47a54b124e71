"""An alert is sent to somebody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_come_from, must_not_be

ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"


def judge(resource: Resource) -> Iterator[Violation]:
    """It has a channel of the stack, and is on."""
    yield from must_come_from(resource, "notificationChannels", CHANNEL)
    yield from must_not_be(resource, "enabled", (False,), "an alert that is off tells nobody")


RULE: Final = Rule(
    id="stack-alerts-reach-somebody",
    title="Every alert is sent to somebody",
    severity=Severity.MEDIUM,
    reason="An alert without a channel is only seen by who is looking already.",
    fix="Give `notificationChannels` a channel of the stack.",
    controls=("nsa:monitoring",),
    types=(ALERT,),
    judge=judge,
)
