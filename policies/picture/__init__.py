"""The picture of a stack, drawn from its captured resources: nothing in it is written by hand.

Three levels, one deeper than the other: the stack, its components, the resources of a component.
"""

import re
from typing import Final, Literal

from policies.capture import Capture
from policies.picture import drawing, flowchart
from policies.picture.inside import inside, inventory
from policies.picture.overview import overview
from policies.picture.scene import Scene
from policies.picture.stack import Stack

Level = Literal["stack", "components", "resources"]
LEVELS: Final[tuple[Level, ...]] = ("stack", "components", "resources")


def svg(
    of: Capture | Stack, *, level: Level = "stack", focus: str | None = None, links: bool = False, styled: bool = True
) -> str:
    """The picture as an SVG document.

    Args:
        of: A capture; or a stack, read once, where several pictures are drawn of it.
        level: How near.
        focus: Of level resources: name or URN of the component to look into; None for all of them side by side.
        links: Whether a component leads to `#<policies.picture.view.anchor(urn)>`, in a page that has it.
        styled: Whether it brings its style; a page of several pictures has `style()` once.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    stack = _stack(of)
    name = re.sub(r"[^a-z0-9]+", "-", f"picture {stack.name} {level} {focus or ''}".lower()).strip("-")
    return drawing.draw(scene(stack, level=level, focus=focus, links=links), name, styled=styled)


def style() -> str:
    """The style of all pictures, for a page that has several."""
    return drawing.style()


def mermaid(of: Capture | Stack, *, level: Level = "stack", focus: str | None = None) -> str:
    """The same picture as a Mermaid flowchart.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    return flowchart.write(scene(of, level=level, focus=focus))


def scene(of: Capture | Stack, *, level: Level = "stack", focus: str | None = None, links: bool = False) -> Scene:
    """What is drawn, before it has places.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    stack = _stack(of)
    if level == "resources":
        return inside(stack, focus) if focus is not None else inventory(stack, links=links)
    return overview(stack, detailed=level == "components", links=links)


def _stack(of: Capture | Stack) -> Stack:
    return of if isinstance(of, Stack) else Stack(of)
