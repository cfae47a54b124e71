"""The project is not deleted by its own program."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import PROJECT
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """The provider refuses, too."""
    yield from must_be(resource, "deletionPolicy", "PREVENT")


RULE: Final = Rule(
    id="stack-project-kept",
    title="The provider refuses to delete the project",
    severity=Severity.HIGH,
    reason="The engine's protection is in the state; where that is edited or lost, this holds.",
    fix="Leave `gcp.protect` true.",
    types=(PROJECT,),
    judge=judge,
)
