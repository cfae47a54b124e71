"""What a picture consists of, before anything has a place: boxes, groups of them, and arrows between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Look(StrEnum):
    """How something is drawn: by what it is for, the same in every picture."""

    OUTSIDE = "outside"
    EDGE = "edge"
    SERVICE = "service"
    DATA = "data"
    DELIVERY = "delivery"
    KEY = "key"
    WATCH = "watch"
    PLAIN = "plain"
    FRAME = "frame"
    """A group that is there in the stack: a project, a network, a cluster."""
    SPACE = "space"
    """A group without walls of its own: a namespace."""
    NONE = "none"
    """A group that only arranges; it is not drawn."""


class Arrange(StrEnum):
    """How a group's members stand."""

    ROW = "row"
    COLUMN = "column"
    RING = "ring"
    """Around the middle, so that a straight line between any two meets no third."""
    GRID = "grid"
    FLANK = "flank"
    """The first in the middle, the others left of it, each at the height of what it leads to."""
    LAYERS = "layers"
    """Columns from left to right; each member is a column."""


@dataclass(kw_only=True)
class Box:
    """One thing."""

    id: str
    """URN of what it shows, or a name that is no URN."""
    title: str
    lines: list[str] = field(default_factory=list)
    look: Look = Look.PLAIN
    width: int | None = None
    """In pixels; None for the width that its place gives it."""
    link: str | None = None
    """Address a reader gets to by it, in a page that has it."""


@dataclass(kw_only=True)
class Group:
    """Things that belong together."""

    id: str
    title: str = ""
    lines: list[str] = field(default_factory=list)
    look: Look = Look.NONE
    arrange: Arrange = Arrange.ROW
    top: bool = False
    """Whether a column begins at the top; else it stands in the middle."""
    link: str | None = None
    members: list["Box | Group"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """From who acts to what is acted on: who calls whom, who writes where."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False
    """For what is no traffic: a key that encrypts, a grant, a value that is handed on."""


@dataclass(kw_only=True)
class Scene:
    """One picture."""

    title: str
    description: str
    """All it shows, in sentences, for who can't see it."""
    root: Group
    arrows: list[Arrow] = field(default_factory=list)


def boxes(part: Box | Group) -> Iterator[Box]:
    """All boxes in it."""
    if isinstance(part, Box):
        yield part
    else:
        for member in part.members:
            yield from boxes(member)
