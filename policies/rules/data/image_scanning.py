"""Images are scanned."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.data._images import REGISTRY, may_be_of_docker, of_docker

_API: Final = "gcp:projects/service:Service"
_SCANNING: Final = "containerscanning.googleapis.com"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By the registry, which by default does what the project's API says; without the API nothing is scanned."""
    for repository in subjects(capture):
        of_docker(repository)
        path = "vulnerabilityScanningConfig.enablementConfig"
        for violation in must_not_be(repository, path, ("DISABLED",), "no image is scanned"):
            yield Violation(violation.message, path, repository)
        if _SCANNING not in {api.get("service") for api in capture.of(_API)}:
            yield Violation(f"The stack does not enable {_SCANNING}; it has to.", resource=repository)


def subjects(capture: Capture) -> list[Resource]:
    """The repositories of images, and those that may be."""
    return [repository for repository in capture.of(REGISTRY) if may_be_of_docker(repository)]


RULE: Final = Rule(
    id="data-image-scanning",
    title="Images are scanned for vulnerabilities",
    severity=Severity.HIGH,
    reason="A hole that becomes known in a library is in every image built with it; nobody is told which.",
    fix="Set `gcp.registry.scan` to true.",
    controls=("cis-gke:5.1.1", "nsa:image-scanning"),
    types=(REGISTRY,),
    judge_stack=judge_stack,
    subjects=subjects,
)
