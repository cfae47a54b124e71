"""Images are let in from one repository, not from a host."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.delivery.images_denied import POLICY

_ONE_REPOSITORY: Final = re.compile(r"[a-z0-9-]+-docker\.pkg\.dev/[a-z0-9:.-]+/[a-z0-9-]+/.*")


def judge(resource: Resource) -> Iterator[Violation]:
    """Host, project and repository of each pattern are whole; `*` comes after them."""
    for pattern in each(resource, "admissionWhitelistPatterns"):
        path = f"{pattern}.namePattern"
        found = str(resource.get(path, ""))
        if not _ONE_REPOSITORY.fullmatch(found):
            yield Violation(
                f"`{path}` is {found or 'absent'}; it has to name host, project and repository of Artifact Registry.",
                path,
            )


RULE: Final = Rule(
    id="delivery-images-let-in",
    title="Images are let in from named repositories",
    severity=Severity.HIGH,
    reason="A pattern such as `docker.io/*` lets everybody's images in.",
    fix="Name `REGION-docker.pkg.dev/PROJECT/REPOSITORY/*` in `admissionWhitelistPatterns`.",
    controls=("cis-gke:5.1.4", "nsa:image-provenance"),
    types=(POLICY,),
    judge=judge,
)
