"""A stack as all pictures of it see it: read once, drawn as often as is wanted."""

from collections.abc import Mapping
from functools import cached_property

from policies.capture import Capture
from policies.picture.parts import Part, owners, parts
from policies.picture.traffic import Traffic, traffic


class Stack:
    """One capture, and what pictures read from it."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.name = capture.stack

    @cached_property
    def parts(self) -> list[Part]:
        """Its components, in the program's order."""
        return parts(self.capture)

    @cached_property
    def owned(self) -> Mapping[str, Part]:
        """URN of a resource or component to the part it is in."""
        return owners(self.parts)

    @cached_property
    def traffic(self) -> Traffic:
        """Who may call whom."""
        return traffic(self.capture)
