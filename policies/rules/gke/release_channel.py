"""Google keeps the cluster's version current."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be_one_of


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent or UNSPECIFIED, nobody does."""
    yield from must_be_one_of(resource, "releaseChannel.channel", "RAPID", "REGULAR", "STABLE", "EXTENDED")


RULE: Final = Rule(
    id="gke-release-channel",
    title="The cluster follows a release channel",
    severity=Severity.HIGH,
    reason="Outside of one, versions with known holes stay until somebody thinks of it.",
    fix="Set `releaseChannel.channel`, e.g. to STABLE.",
    controls=("cis-gke:5.5.4", "nsa:updates"),
    types=(CLUSTER,),
    judge=judge,
)
