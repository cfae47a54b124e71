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

Level = Literal["stack", "components", "resources"]
LEVELS: Final[tuple[Level, ...]] = ("stack", "components", "resources")


def svg(
    capture: Capture, *, level: Level = "stack", focus: str | None = None, links: bool = False, styled: bool = True
) -> str:
    """The picture as an SVG document.

    Args:
        capture: The stack.
        level: How near.
        focus: Of level resources: name or URN of the component to look into; None for all of them side by side.
        links: Whether a component leads to `#<policies.picture.view.anchor(urn)>`, in a page that has it.
        styled: Whether it brings its style; a page of several pictures has `style()` once.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    name = re.sub(r"[^a-z0-9]+", "-", f"picture {capture.stack} {level} {focus or ''}".lower()).strip("-")
    return drawing.draw(scene(capture, level=level, focus=focus, links=links), name, styled=styled)


def style() -> str:
    """The style of all pictures, for a page that has several."""
    return drawing.style()


def mermaid(capture: Capture, *, level: Level = "stack", focus: str | None = None) -> str:
    """The same picture as a Mermaid flowchart.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    return flowchart.write(scene(capture, level=level, focus=focus))


def scene(capture: Capture, *, level: Level = "stack", focus: str | None = None, links: bool = False) -> Scene:
    """What is drawn, before it has places.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    if level == "resources":
        return inside(capture, focus) if focus is not None else inventory(capture, links=links)
    return overview(capture, detailed=level == "components", links=links)
