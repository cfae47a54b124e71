"""Who may write images: builds."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER, accounts_of, accounts_of_nodes

_GRANTS: Final = tuple(
    f"gcp:artifactregistry/repositoryIam{kind}:RepositoryIam{kind}" for kind in ("Member", "Binding")
)
_READER: Final = "roles/artifactregistry.reader"
_WRITER: Final = "roles/artifactregistry.writer"


def subjects(capture: Capture) -> list[Resource]:
    """What is granted on repositories of images, but to nodes: that another rule judges."""
    nodes = accounts_of_nodes(capture)
    return [grant for grant in capture.of(*_GRANTS) if not nodes & accounts_of(grant, "member", "members")]


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """A writer is the account of a trigger's builds; nobody deletes or administers."""
    builds = {urn for trigger in capture.of(TRIGGER) for urn in accounts_of(trigger, "serviceAccount")}
    for grant in subjects(capture):
        role = grant.get("role")
        if role not in (_READER, _WRITER):
            yield Violation(f"`role` is {role}; on images it has to be {_READER} or {_WRITER}.", "role", grant)
        elif role == _WRITER and not builds & accounts_of(grant, "member", "members"):
            who = "`member` is not the account of a trigger's builds; only builds may write images."
            yield Violation(who, "member", grant)


RULE: Final = Rule(
    id="iam-image-writers",
    title="Only builds write images",
    severity=Severity.HIGH,
    reason="Whoever writes images decides what runs: all of the registry is trusted by the policy of images.",
    fix="Grant the writer's role to the account of the trigger alone, the reader's to everybody else.",
    controls=("cis-gke:5.1.2", "nsa:least-privilege"),
    subjects=subjects,
    judge_stack=judge_stack,
)
