"""A grant takes nothing from anybody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import BINDINGS, MEMBERS, POLICIES


def judge(resource: Resource) -> Iterator[Violation]:
    """The resource is a single member; its type tells."""
    if resource.type not in MEMBERS:
        kind = resource.type.rpartition(":")[2]
        yield Violation(
            f"A {kind} takes the role from everybody it does not name, Google's own accounts among them; "
            f"a grant has to be of one member."
        )


RULE: Final = Rule(
    id="iam-additive-grants",
    title="Grants add a member and take none away",
    severity=Severity.HIGH,
    reason=(
        "A binding or a policy is all of it: what Google or a person has granted is gone with the next update, and "
        "who is in it is judged by no other rule here."
    ),
    fix="Use the resource whose name ends in `Member`, once for each member.",
    controls=("nsa:least-privilege",),
    types=(*MEMBERS, *BINDINGS, *POLICIES),
    judge=judge,
)
