"""A firewall rule names who may come in."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._networks import is_of_everybody
from policies.rules.network._openings import FIREWALLS, openings


def judge(resource: Resource) -> Iterator[Violation]:
    """Ports that are named, but for the database's, which is looked after by itself."""
    for opening in openings(resource):
        named = not opening.is_of_all_ports and not (opening.is_of_the_database and opening.is_public)
        if named and any(map(is_of_everybody, opening.sources)):
            what = f"`{opening.path}` lets everybody in to {opening.protocol} {', '.join(opening.ports)}".rstrip()
            yield Violation(f"{what}; it has to name networks.", opening.path)


RULE: Final = Rule(
    id="network-firewall-everybody",
    title="Firewall rules let nobody in from everywhere",
    severity=Severity.CRITICAL,
    reason="Requests come in by the load balancer, whose checks GKE lets in by itself; all else is a way past it.",
    fix="Name the networks that may come in as sources, or take the rule away.",
    controls=("cis-gke:5.6.6", "nsa:worker-segmentation"),
    types=FIREWALLS,
    judge=judge,
)
