"""Artifact Analysis: notes, to which attestations are attached."""

import re
from typing import Final

from local.gcp.kinds import Kind
from local.gcp.rules import DELETION_POLICY, INSTANT

NOTE: Final = "gcp:containeranalysis/note:Note"

KINDS: Final = (
    Kind(
        token=NOTE,
        id="projects/{project}/notes/{name}",
        api="containeranalysis.googleapis.com",
        source="cloud.google.com/artifact-analysis/docs/reference/rest/v1/projects.notes",
        names=("name",),
        immutable=frozenset({"name", "project"}),
        values={
            "name": re.compile(r"[a-zA-Z0-9_.~%-]{1,255}"),
            "expirationTime": INSTANT,
            "attestationAuthority.hint.humanReadableName": re.compile(r"[\s\S]{1,128}"),
            "deletionPolicy": DELETION_POLICY,
        },
        outputs=lambda _resource, _cloud: {"kind": "ATTESTATION"},
    ),
)
