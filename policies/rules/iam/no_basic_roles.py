"""Roles are for something: not those for everything."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import BINDINGS, MEMBERS
from policies.rules._reading import must_not_be

_BASIC: Final = frozenset(f"roles/{name}" for name in ("owner", "editor", "viewer", "reader", "writer", "admin"))


def judge(resource: Resource) -> Iterator[Violation]:
    """The role is none of the basic ones."""
    yield from must_not_be(resource, "role", _BASIC, "it allows something in every service there is")


RULE: Final = Rule(
    id="iam-no-basic-roles",
    title="Nobody is given a basic role",
    severity=Severity.HIGH,
    reason="Owner, editor and viewer reach every service of a project, also those that are added to it later.",
    fix="Give `role` the predefined role of the one service that is needed.",
    controls=("nsa:least-privilege",),
    types=(*MEMBERS, *BINDINGS),
    judge=judge,
)
