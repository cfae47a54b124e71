"""Nobody is left out of the audit log."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_be_absent
from policies.rules.stack.audit_logs import CONFIG


def judge(resource: Resource) -> Iterator[Violation]:
    """No kind has members that are exempted."""
    for kind in each(resource, "auditLogConfigs"):
        yield from must_be_absent(resource, f"{kind}.exemptedMembers", "what they do is not logged")


RULE: Final = Rule(
    id="stack-audit-of-everybody",
    title="Nobody is exempted from the audit log",
    severity=Severity.HIGH,
    reason="An account that leaves no trace is the one to steal.",
    fix="Take `exemptedMembers` out.",
    controls=("nsa:audit-logs",),
    types=(CONFIG,),
    judge=judge,
)
