"""The builds of a trigger run as an account that nothing else is."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import ACCOUNT, TRIGGER, accounts_of, accounts_of_nodes
from policies.rules._reading import must_come_from

_PATH: Final = "serviceAccount"


def subjects(capture: Capture) -> list[Resource]:
    """All triggers."""
    return capture.of(TRIGGER)


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """The account is one of the stack, and neither that of nodes nor of another trigger."""
    triggers = capture.of(TRIGGER)
    nodes = accounts_of_nodes(capture)
    for trigger in triggers:
        for violation in must_come_from(trigger, _PATH, ACCOUNT):
            yield Violation(violation.message, violation.property_path, trigger)
        own = accounts_of(trigger, _PATH)
        if own & nodes:
            yield Violation(f"`{_PATH}` is that of the nodes; it has to be one of the trigger's own.", _PATH, trigger)
        for other in triggers:
            if other is not trigger and own & accounts_of(other, _PATH):
                message = f"`{_PATH}` is also that of the trigger {other.name}; it has to be one of its own."
                yield Violation(message, _PATH, trigger)


RULE: Final = Rule(
    id="delivery-own-account",
    title="Each trigger has an account of its own",
    severity=Severity.HIGH,
    reason=(
        "Told none, builds run as an account that Google gives rights to; sharing one, a pull request's build may do "
        "what a deployment may."
    ),
    fix="Make an account for the trigger and give it as `serviceAccount`, as infra/components/delivery.py does.",
    controls=("cis-gke:5.2.2", "nsa:least-privilege"),
    subjects=subjects,
    judge_stack=judge_stack,
)
