"""The cluster is not deleted by accident."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Google's protection, whose default is on, and Pulumi's; they refuse different mistakes."""
    yield from must_not_be(resource, "deletionProtection", (False,), "the provider deletes the cluster when told to")
    if not resource.protect:
        yield Violation("The resource is not protected; it has to have the option `protect`.", "protect")


RULE: Final = Rule(
    id="gke-deletion-protection",
    title="The cluster refuses to be deleted",
    severity=Severity.HIGH,
    reason="One change that replaces it, or a `destroy` in the wrong stack, takes the shop and its volumes.",
    fix="Set `gcp.protect` to true; `make down UNPROTECT=yes` lifts it.",
    controls=(),
    types=(CLUSTER,),
    judge=judge,
)
