"""A tag stays what it was."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.data._images import REGISTRY, of_docker


def judge(resource: Resource) -> Iterator[Violation]:
    """The default lets it move."""
    of_docker(resource)
    yield from must_be(resource, "dockerConfig.immutableTags", value=True)


RULE: Final = Rule(
    id="data-registry-immutable",
    title="Tags of images can't be moved",
    severity=Severity.MEDIUM,
    reason="Who may push puts another image behind a tag that was tested and is trusted.",
    fix="Set `dockerConfig.immutableTags` to true.",
    controls=("cis-gke:5.1.4", "nsa:image-provenance"),
    types=(REGISTRY,),
    judge=judge,
)
