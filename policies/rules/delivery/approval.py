"""Somebody says yes before a push changes a stack."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be
from policies.rules._triggers import pulls


def judge(resource: Resource) -> Iterator[Violation]:
    """Whatever is not started by a pull request may deploy, and waits."""
    if pulls(resource):
        msg = "A pull request starts it, and its build changes nothing."
        raise NotApplicableError(msg)
    yield from must_be(resource, "approvalConfig.approvalRequired", value=True)


RULE: Final = Rule(
    id="delivery-approval",
    title="A build that deploys waits for an approval",
    severity=Severity.HIGH,
    reason="Without one, whoever may push to the branch changes what runs, alone.",
    fix="Set `approval: true` of the trigger in `gcp.delivery.triggers`, and name `gcp.delivery.approvers`.",
    controls=("nsa:least-privilege",),
    types=(TRIGGER,),
    judge=judge,
)
