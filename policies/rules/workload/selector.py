"""A workload's selector takes its own pods."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import shown
from policies.rules.workload._pods import SERVERS, labels, selects


def judge(resource: Resource) -> Iterator[Violation]:
    """Schemas can't say this."""
    selector = resource.get("spec.selector", {})
    if not selector or not selects(selector, labels(resource)):
        found = selector.get("matchLabels")
        yield Violation(f"`spec.selector` is {shown(found)}; it has to be labels its pods have.", "spec.selector")


RULE: Final = Rule(
    id="workload-selector",
    title="Workloads select their own pods",
    severity=Severity.MEDIUM,
    reason="The API server refuses a workload whose pods it would not find again, after everything before it was made.",
    fix="Let `spec.selector.matchLabels` be labels of the pod template.",
    controls=(),
    types=SERVERS,
    judge=judge,
)
