"""Who may act as an account may act as that one."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import ABOVE_RESOURCES
from policies.rules._reading import must_not_be

_ACT_AS: Final = frozenset(
    f"roles/iam.{name}"
    for name in (
        "serviceAccountOpenIdTokenCreator",
        "serviceAccountShortTermTokenMinter",
        "serviceAccountTokenCreator",
        "serviceAccountUser",
        "workloadIdentityUser",
    )
)


def judge(resource: Resource) -> Iterator[Violation]:
    """The role on the project is not one that makes its holder another account."""
    yield from must_not_be(resource, "role", _ACT_AS, "on a project it is that of acting as any account in it")


RULE: Final = Rule(
    id="iam-impersonation-on-accounts",
    title="Acting as an account is allowed on that account alone",
    severity=Severity.HIGH,
    reason="Granted on the project it holds for every account in it, also those with more rights and those made later.",
    fix="Grant it with `gcp.serviceaccount.IAMMember` on the one account.",
    controls=("cis-gke:5.2.2", "nsa:least-privilege"),
    types=ABOVE_RESOURCES,
    judge=judge,
)
