"""Which pipelines outside of Google are trusted: those of one repository, in one deployment environment."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set, must_match

_EQUALS: Final = re.compile(r"\s*assertion\.(\w+)\s*==\s*'[^']+'\s*")
_NEEDED: Final = ("repository", "environment")
_CONDITION: Final = "attributeCondition"


def judge(resource: Resource) -> Iterator[Violation]:
    """The condition is a conjunction of claims that each have one value, repository and environment among them."""
    condition = str(resource.get(_CONDITION, ""))
    parts = [_EQUALS.fullmatch(part) for part in condition.split("&&")]
    claims = [part[1].lower() for part in parts if part]
    if not condition or not all(parts):
        yield Violation(
            f"`{_CONDITION}` is {condition or 'absent'}; it has to compare claims with one value and ask for all.",
            _CONDITION,
        )
        return
    for needed in _NEEDED:
        if not any(needed in claim for claim in claims):
            yield Violation(f"`{_CONDITION}` does not say which {needed}; it has to compare its claim.", _CONDITION)
    yield from must_be_set(resource, "oidc.allowedAudiences", "the audience that tokens are for")
    yield from must_match(resource, "oidc.issuerUri", r"https://.+", "the address of the issuer, by HTTPS")


RULE: Final = Rule(
    id="iam-federation-bound",
    title="Pipelines are trusted of one repository and one deployment environment",
    severity=Severity.CRITICAL,
    reason=(
        "The issuer signs for every repository of everybody: without a condition that names one, any customer of it "
        "gets in; without the environment, any branch does."
    ),
    fix="Compare the claims of repository and deployment environment in `attributeCondition`, joined by `&&`.",
    controls=("nsa:authentication", "nsa:least-privilege"),
    types=("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",),
    judge=judge,
)
