"""Builds of pull requests run what somebody proposes, so they may only read."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER, accounts_of, granted_to
from policies.rules._reading import must_match
from policies.rules._triggers import may_pull, pulls

_READS: Final = r"roles/[\w.]+\.\w*([vV]iewer|[rR]eader|Decrypter|secretAccessor|logWriter|serviceUsageConsumer)"
"""Those that look, those that write a build's own log, and those that a preview reads state and secrets with."""


def subjects(capture: Capture) -> list[Resource]:
    """What is granted to the accounts of triggers that a pull request starts, or may start."""
    accounts = {
        urn for trigger in capture.of(TRIGGER) if may_pull(trigger) for urn in accounts_of(trigger, "serviceAccount")
    }
    return granted_to(capture, accounts)


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each role only reads."""
    for trigger in capture.of(TRIGGER):
        pulls(trigger)
    for grant in subjects(capture):
        for violation in must_match(grant, "role", _READS, "one that reads"):
            yield Violation(violation.message, violation.property_path, grant)


RULE: Final = Rule(
    id="delivery-pull-requests-read",
    title="Builds of pull requests change nothing",
    severity=Severity.CRITICAL,
    reason="A pull request decides what its build runs: what the account may change, its author may.",
    fix="Give the trigger's account roles that read (PREVIEW in infra/components/delivery_roles.py).",
    controls=("nsa:least-privilege",),
    subjects=subjects,
    judge_stack=judge_stack,
)
