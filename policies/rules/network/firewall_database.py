"""The database is reached from inside."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules.network._openings import FIREWALLS, openings


def judge(resource: Resource) -> Iterator[Violation]:
    """Ports of MongoDB that are named, from any network that is not private."""
    for opening in openings(resource):
        if opening.is_of_the_database and opening.is_public:
            what = f"`{opening.path}` opens the database to {', '.join(opening.sources)}; nobody outside may reach it."
            yield Violation(what, opening.path)


RULE: Final = Rule(
    id="network-firewall-database",
    title="The database can't be reached from outside",
    severity=Severity.CRITICAL,
    reason="Databases that answer on port 27017 of a public address are found and emptied within hours.",
    fix="Take port 27017 out of the rule, or name private networks as sources.",
    controls=("cis-gke:5.6.6", "nsa:worker-segmentation"),
    types=FIREWALLS,
    judge=judge,
)
