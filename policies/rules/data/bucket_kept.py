"""A bucket that has something in it is not deleted."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.data._types import BUCKET


def judge(resource: Resource) -> Iterator[Violation]:
    """With all that is in it; that it is protected at all, `stack-protection` asks."""
    yield from must_not_be(resource, "forceDestroy", (True,), "all that is in it is deleted with it")


RULE: Final = Rule(
    id="data-bucket-kept",
    title="Buckets refuse to be deleted with what is in them",
    severity=Severity.HIGH,
    reason="With the state goes the knowledge of what was made, and with backups the last copy.",
    fix="Leave `forceDestroy` out.",
    controls=(),
    types=(BUCKET,),
    judge=judge,
)
