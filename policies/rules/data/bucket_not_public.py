"""A bucket can't be opened to everybody."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.data._types import BUCKET


def judge(resource: Resource) -> Iterator[Violation]:
    """The default is what the organization says, which may be nothing."""
    yield from must_be(resource, "publicAccessPrevention", "enforced")


RULE: Final = Rule(
    id="data-bucket-not-public",
    title="Buckets can't be made public",
    severity=Severity.HIGH,
    reason="One wrong grant publishes all of it otherwise.",
    fix="Set `publicAccessPrevention` to enforced.",
    controls=("nsa:secrets",),
    types=(BUCKET,),
    judge=judge,
)
