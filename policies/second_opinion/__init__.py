"""checkov as the independent second opinion: others' checks, over the same capture that our own rules read.

`Opinion` starts checkov before the stack is captured; `judge` does both at once. docs/second-opinion.md says what its
word is worth.
"""

from policies.capture import Capture
from policies.model import Verdicts
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.opinion import Opinion, hand_over

__all__ = ["Opinion", "OpinionError", "hand_over", "judge"]


def judge(capture: Capture) -> Verdicts:
    """What checkov says of a stack and of the repository's files.

    Raises:
        OpinionError: There is no second opinion; the message says why.
    """
    with Opinion() as opinion:
        return opinion.of(capture)
