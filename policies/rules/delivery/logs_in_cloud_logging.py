"""What a build said is kept where the stack's logs are."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be, must_be_absent


def judge(resource: Resource) -> Iterator[Violation]:
    """Cloud Logging, and no bucket beside it."""
    yield from must_be(resource, "build.options.logging", "CLOUD_LOGGING_ONLY")
    yield from must_be_absent(resource, "build.logsBucket", "what is in a bucket, nobody's retention covers")


RULE: Final = Rule(
    id="delivery-logs-in-cloud-logging",
    title="Logs of builds are in Cloud Logging alone",
    severity=Severity.MEDIUM,
    reason="A bucket of logs has readers of its own and keeps them as long as it likes.",
    fix="Set `build.options.logging` to CLOUD_LOGGING_ONLY and name no `logsBucket`.",
    controls=("nsa:audit-logs",),
    types=(TRIGGER,),
    judge=judge,
)
