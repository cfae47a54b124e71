"""A firewall rule opens the ports it names."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.network._openings import FIREWALLS, openings


def judge(resource: Resource) -> Iterator[Violation]:
    """Whoever may come in."""
    for opening in openings(resource):
        if opening.is_of_all_ports:
            what = f"`{opening.path}` opens every port of {opening.protocol}; it has to name ports."
            yield Violation(what, opening.path)


RULE: Final = Rule(
    id="network-firewall-all-ports",
    title="Firewall rules name the ports they open",
    severity=Severity.CRITICAL,
    reason="All ports are also those of the database, of the kubelet and of what is started tomorrow.",
    fix="Name `ports` of each protocol.",
    controls=("cis-gke:5.6.6", "nsa:worker-segmentation"),
    types=FIREWALLS,
    judge=judge,
)
