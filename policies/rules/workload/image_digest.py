"""An image is what its content says, not what its name says today."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_match
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """A tag beside the digest says nothing and is fine."""
    for path in containers(resource):
        yield from must_match(resource, f"{path}.image", r"[^@]+@sha256:[0-9a-f]{64}", "an image by digest")


RULE: Final = Rule(
    id="workload-image-digest",
    title="Images are named by digest",
    severity=Severity.HIGH,
    reason=(
        "A tag can be pointed at another image, so what was tested is not what runs, and a signature is of a digest."
    ),
    fix="Name the image `NAME@sha256:...`; a release names them in the setting `images.references`.",
    controls=("cis-gke:4.5.1", "nsa:image-provenance"),
    types=PODS,
    judge=judge,
)
