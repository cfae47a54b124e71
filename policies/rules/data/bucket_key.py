"""What a bucket keeps is encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._keys import must_be_key
from policies.rules.data._types import BUCKET


def judge(resource: Resource) -> Iterator[Violation]:
    """A key is known before its id is."""
    yield from must_be_key(resource, "encryption.defaultKmsKeyName")


RULE: Final = Rule(
    id="data-bucket-key",
    title="Buckets are encrypted with a key of ours",
    severity=Severity.MEDIUM,
    reason="Google's own keys open it for whoever may read it; ours can be taken away, and their use is logged.",
    fix="Set `encryption.defaultKmsKeyName`.",
    controls=("nsa:secrets",),
    types=(BUCKET,),
    judge=judge,
)
