"""What the stack may cost is written down."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules._google import must_be_on_google

BUDGET: Final = "gcp:billing/budget:Budget"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """There is a budget."""
    must_be_on_google(capture)
    if not capture.of(BUDGET):
        yield Violation("The stack has no budget; it has to have one.")


RULE: Final = Rule(
    id="stack-budget",
    title="The stack has a budget",
    severity=Severity.MEDIUM,
    reason="A mistake, or somebody who mines, costs as much in a night as the shop in a year.",
    fix="Set `gcp.budget`.",
    judge_stack=judge_stack,
)
