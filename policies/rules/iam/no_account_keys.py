"""No credential of an account lies about."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import ACCOUNT

_KEY: Final = "gcp:serviceaccount/key:Key"


def subjects(capture: Capture) -> list[Resource]:
    """Every account, and every key."""
    return capture.of(ACCOUNT, _KEY)


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """There is no key; its type tells."""
    for key in capture.of(_KEY):
        yield Violation(
            "It is a key of an account, which is good until somebody deletes it; there has to be none.", None, key
        )


RULE: Final = Rule(
    id="iam-no-account-keys",
    title="Accounts have no keys",
    severity=Severity.HIGH,
    reason="A key does not expire, is in the state of the stack, and whoever copies it is the account.",
    fix="Use Workload Identity in the cluster, and Workload Identity Federation outside of Google.",
    controls=("cis-gke:5.2.2", "nsa:authentication"),
    subjects=subjects,
    judge_stack=judge_stack,
)
