"""What a build runs on is the same tomorrow."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._reading import each

_PINNED: Final = re.compile(r".+@sha256:[0-9a-f]{64}|.+:(?!latest$)[\w.-]*\d[\w.-]*")


def judge(resource: Resource) -> Iterator[Violation]:
    """Each step's image has a digest, or a tag with a version in it."""
    for step in each(resource, "build.steps"):
        path = f"{step}.name"
        found = str(resource.get(path, ""))
        if not _PINNED.fullmatch(found):
            yield Violation(f"`{path}` is {found or 'absent'}; it has to have a version or a digest.", path)


RULE: Final = Rule(
    id="delivery-builders-pinned",
    title="Images of build steps have a version",
    severity=Severity.MEDIUM,
    reason="What is called `latest` is somebody else's decision, and it runs with the rights of the build.",
    fix="Name `gcp.delivery.builder` and `launcher` with a version, best by digest.",
    controls=("nsa:image-provenance",),
    types=(TRIGGER,),
    judge=judge,
)
