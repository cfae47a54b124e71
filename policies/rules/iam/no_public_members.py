"""Who is given something is somebody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import BINDINGS, MEMBERS, of_an_account, who

_EVERYBODY: Final = ("allUsers", "allAuthenticatedUsers")


def judge(resource: Resource) -> Iterator[Violation]:
    """No member is everybody; what is taken from an account of the stack is not, known or not."""
    if of_an_account(resource):
        return
    for path, member in who(resource):
        if member in _EVERYBODY:
            yield Violation(f"`{path}` is {member}, everybody on the internet; it has to be somebody.", path)


RULE: Final = Rule(
    id="iam-no-public-members",
    title="Nothing is open to everybody",
    severity=Severity.CRITICAL,
    reason="What `allUsers` or `allAuthenticatedUsers` may do, anybody with a browser or a Google account may.",
    fix="Give `member` the account that needs it.",
    controls=("cis-gke:5.1.2", "nsa:authentication"),
    types=(*MEMBERS, *BINDINGS),
    judge=judge,
)
