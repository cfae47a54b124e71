"""What has volumes is backed up."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.data._types import PLAN
from policies.rules.data._volumes import claims


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By its namespace; the plans of the stack together."""
    plans = subjects(capture)
    if not plans or any(plan.get("backupConfig.allNamespaces") is True for plan in plans):
        return
    covered = {name for plan in plans for name in plan.get("backupConfig.selectedNamespaces.namespaces", [])}
    wanted = {str(claim.resource.get("metadata.namespace", "default")) for claim in claims(capture)}
    if missing := sorted(wanted - covered):
        path = "backupConfig.selectedNamespaces.namespaces"
        yield Violation(
            f"`{path}` leaves out {', '.join(missing)}, which has volumes; it has to name it.", path, plans[0]
        )


def subjects(capture: Capture) -> list[Resource]:
    """The plans."""
    return capture.of(PLAN)


RULE: Final = Rule(
    id="data-backup-namespaces",
    title="Every namespace with volumes is backed up",
    severity=Severity.HIGH,
    reason="A plan that leaves the database's namespace out succeeds every night and restores nothing.",
    fix="Name the namespace in `backupConfig.selectedNamespaces`.",
    controls=(),
    types=(PLAN,),
    judge_stack=judge_stack,
    subjects=subjects,
)
