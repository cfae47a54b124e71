"""The tokens for the repository are in Secret Manager, each in a version that does not change by itself."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource, leaves
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_match

_VERSION: Final = r"projects/[^/]+/(locations/[^/]+/)?secrets/[^/]+/versions/\d+"


def judge(resource: Resource) -> Iterator[Violation]:
    """Every property that names a secret names a version of it by number."""
    named = [path for path, _ in leaves(resource.inputs) if path.endswith("SecretVersion")]
    if not named:
        yield Violation("It names no token; it has to name versions of secrets, one to read and one to write with.")
    for path in named:
        yield from must_match(resource, path, _VERSION, "a version of a secret, projects/…/secrets/…/versions/NUMBER")


RULE: Final = Rule(
    id="delivery-connection-tokens",
    title="Tokens for the repository are versions in Secret Manager",
    severity=Severity.HIGH,
    reason="`latest` changes under a connection that is not told, and a token anywhere else is in the state.",
    fix="Keep the token with `make bootstrap`, and name the version it made.",
    controls=("nsa:secrets",),
    types=("gcp:cloudbuildv2/connection:Connection",),
    judge=judge,
)
