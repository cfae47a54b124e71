"""Images are encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._keys import must_be_key
from policies.rules.data._images import REGISTRY


def judge(resource: Resource) -> Iterator[Violation]:
    """A key is known before its id is."""
    yield from must_be_key(resource, "kmsKeyName")


RULE: Final = Rule(
    id="data-registry-key",
    title="Registries are encrypted with a key of ours",
    severity=Severity.MEDIUM,
    reason="The app's code is in its images; the key can be taken away, and its use is logged.",
    fix="Set `kmsKeyName`; it can't be added later.",
    controls=("nsa:secrets",),
    types=(REGISTRY,),
    judge=judge,
)
