"""What Google makes by itself is given nothing."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import ACCOUNT, BINDINGS, MEMBERS, POOL, who

_DEFAULT: Final = re.compile(
    r"serviceAccount:(\d+-compute@developer|[^@]+@appspot|\d+@cloudbuild|\d+@cloudservices)\.gserviceaccount\.com"
)


def judge(resource: Resource) -> Iterator[Violation]:
    """No member is a default account.

    What is taken from an account or a pool of the stack is not one. An address with the project's number may be:
    until that is known it is not judged, but for roles that Google has for its own agents alone.
    """
    if str(resource.get("role", "")).endswith("serviceAgent"):
        msg = "The role is one that Google has for its own agents."
        raise NotApplicableError(msg)
    if resource.comes_from("member", ACCOUNT, POOL) or resource.comes_from("members", ACCOUNT, POOL):
        return
    for path, member in who(resource):
        if _DEFAULT.fullmatch(member):
            yield Violation(f"`{path}` is {member}, which Google made; it has to be an account of the stack.", path)


RULE: Final = Rule(
    id="iam-no-default-accounts",
    title="Default accounts are given nothing",
    severity=Severity.MEDIUM,
    reason="Whatever is told no account runs as a default one, so what it may do, everything may.",
    fix="Make an account for the purpose, and give `member` that.",
    controls=("cis-gke:5.2.2", "nsa:least-privilege"),
    types=(*MEMBERS, *BINDINGS),
    judge=judge,
)
