"""Whether a stack is on Google Cloud at all, for rules that ask for something to be there."""

from policies.capture import Capture
from policies.model import NotApplicableError


def must_be_on_google(capture: Capture) -> None:
    """Go on only for a stack with resources of Google Cloud.

    Raises:
        NotApplicableError: It has none.
    """
    if not any(resource.type.startswith("gcp:") for resource in capture.resources):
        msg = "The stack has nothing on Google Cloud."
        raise NotApplicableError(msg)
