"""The account that Compute Engine makes by itself may do nothing."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import PROJECT

_REMOVED: Final = "gcp:projects/iamMemberRemove:IamMemberRemove"


def subjects(capture: Capture) -> list[Resource]:
    """A project that the stack makes."""
    return capture.of(PROJECT)


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Editor is taken from an account of the project itself.

    Its address has the project's number, which is known later; that it is taken from the project is known before.
    """
    taken = [
        removed
        for removed in capture.of(_REMOVED)
        if removed.get("role") == "roles/editor" and removed.has("member") and _is_the_default(removed)
    ]
    for project in subjects(capture):
        if not any(project.urn in removed.property_dependencies.get("project", ()) for removed in taken):
            message = "Compute Engine's own account is Editor of the project, as Google makes it; it has to lose that."
            yield Violation(message, None, project)


def _is_the_default(removed: Resource) -> bool:
    if removed.comes_from("member", PROJECT):
        return True
    return str(removed.get("member")).endswith("-compute@developer.gserviceaccount.com")


RULE: Final = Rule(
    id="iam-default-account-without-rights",
    title="Compute Engine's default account is not Editor",
    severity=Severity.HIGH,
    reason="Google makes it Editor of a new project: whatever runs as it by mistake may change nearly everything.",
    fix="Take the role away with `gcp.projects.IamMemberRemove`, as infra/components/project.py does.",
    controls=("cis-gke:5.2.1", "nsa:least-privilege"),
    subjects=subjects,
    judge_stack=judge_stack,
)
