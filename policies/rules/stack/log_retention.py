"""Logs are there when somebody comes to look."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_at_least

LEAST: Final = 30
"""Days; what Google keeps by itself, and most intrusions are found after."""


def judge(resource: Resource) -> Iterator[Violation]:
    """At least as long as Google keeps them by itself."""
    yield from must_be_at_least(resource, "retentionDays", LEAST)


RULE: Final = Rule(
    id="stack-log-retention",
    title="Logs are kept for a month at least",
    severity=Severity.MEDIUM,
    reason="What an intruder did is looked for weeks later.",
    fix="Set `gcp.observability.logDays` to 30 or more.",
    controls=("nsa:log-retention",),
    types=("gcp:logging/projectBucketConfig:ProjectBucketConfig",),
    judge=judge,
)
