"""Images leave a build by digest, in its release file."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import must_be_absent

_WHY: Final = "Cloud Build pushes those by tag when all is over, and no step knows what was deployed"


def judge(resource: Resource) -> Iterator[Violation]:
    """Cloud Build itself is told of no image to push."""
    for path in ("build.images", "build.artifacts.images"):
        yield from must_be_absent(resource, path, _WHY)


RULE: Final = Rule(
    id="delivery-release-by-digest",
    title="Builds push images by digest",
    severity=Severity.MEDIUM,
    reason="A tag can be moved between test and deployment; a digest is what was tested.",
    fix="Push in a step (`make images`), which writes the digests into the release file; leave `build.images` out.",
    controls=("nsa:image-provenance",),
    types=(TRIGGER,),
    judge=judge,
)
