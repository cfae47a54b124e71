"""There is no network that nobody asked for."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import PROJECT
from policies.rules._reading import must_be


def judge(resource: Resource) -> Iterator[Violation]:
    """A new project gets no network; absent, it does."""
    yield from must_be(resource, "autoCreateNetwork", value=False)


RULE: Final = Rule(
    id="stack-no-default-network",
    title="The project has no default network",
    severity=Severity.HIGH,
    reason="Google's default network has a subnet in every region and lets SSH and RDP in from everywhere.",
    fix="Set `autoCreateNetwork` of the project to false.",
    controls=("cis-gke:5.6.6", "nsa:worker-segmentation"),
    types=(PROJECT,),
    judge=judge,
)
