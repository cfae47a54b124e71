"""A build ends, also where nobody looks."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be_set, shown

MOST: Final = 6 * 60 * 60
"""Seconds; twice what a build of the project is given by its settings."""


def judge(resource: Resource) -> Iterator[Violation]:
    """Both the build and its waiting end."""
    found = resource.get("build.timeout")
    seconds = str(found).removesuffix("s")
    if found is None or not seconds.replace(".", "").isdigit() or float(seconds) > MOST:
        message = f"`build.timeout` is {shown(found)}; it has to be at most {MOST}s."
        yield Violation(message, "build.timeout")
    yield from must_be_set(resource, "build.queueTtl", "how long a build may wait")


RULE: Final = Rule(
    id="delivery-timeout",
    title="A build ends by itself",
    severity=Severity.LOW,
    reason="A build that hangs is paid by the minute and has its rights as long as it runs.",
    fix="Set `gcp.delivery.minutes` to what a build takes, 360 at most.",
    types=(TRIGGER,),
    judge=judge,
)
