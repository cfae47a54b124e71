"""Google knows whom to tell."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Severity, Violation
from policies.rules._google import must_be_on_google

_CONTACT: Final = "gcp:essentialcontacts/contact:Contact"


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """A contact is told of security, or of all."""
    must_be_on_google(capture)
    told = {what for contact in capture.of(_CONTACT) for what in contact.get("notificationCategorySubscriptions", [])}
    if not told & {"ALL", "SECURITY"}:
        yield Violation("Nobody is told what Google has to say about security; somebody has to be.")


RULE: Final = Rule(
    id="stack-contact",
    title="Somebody is told what Google finds",
    severity=Severity.MEDIUM,
    reason="Google writes of leaked keys and abuse to the owners of the project, who may all have left.",
    fix="Set `gcp.project.contact`.",
    controls=("nsa:monitoring",),
    judge_stack=judge_stack,
)
