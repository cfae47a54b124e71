"""Who read and changed what is logged."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules._google import must_be_on_google
from policies.rules._reading import each

CONFIG: Final = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
_KINDS: Final = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """All three kinds, of all services."""
    must_be_on_google(capture)
    logged = {
        config.get(f"{kind}.logType")
        for config in capture.of(CONFIG)
        if config.get("service") == "allServices"
        for kind in each(config, "auditLogConfigs")
    }
    missing = [kind for kind in _KINDS if kind not in logged]
    if missing:
        yield Violation(f"Of all services {', '.join(missing)} are not logged; they have to be.")


RULE: Final = Rule(
    id="stack-audit-logs",
    title="Reading and changing of data is logged, in all services",
    severity=Severity.MEDIUM,
    reason="By default only changes of configuration are: who read the secrets would not be known.",
    fix="Leave `gcp.project.auditDataAccess` true.",
    controls=("cis-gke:5.7.1", "nsa:audit-logs"),
    judge_stack=judge_stack,
)
