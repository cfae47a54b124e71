"""A database outlives one of its members."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.pods import STATEFUL_SET
from policies.rules._reading import must_be_at_least


def judge(resource: Resource) -> Iterator[Violation]:
    """Fewer have no majority when one is lost."""
    yield from must_be_at_least(resource, "spec.replicas", 3)


RULE: Final = Rule(
    id="workload-database-members",
    title="A StatefulSet has three members or more",
    severity=Severity.HIGH,
    reason=(
        "With one member an upgrade of its node stops the shop, and a lost disk loses what was sold since the "
        "last backup."
    ),
    fix="Run a replica set of three members; SecantusDB, which stands in for MongoDB, can't.",
    controls=(),
    types=(STATEFUL_SET,),
    judge=judge,
)
