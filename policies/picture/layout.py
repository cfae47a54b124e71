"""Where everything in a picture goes: sizes from the inside out, places from the outside in. Units are SVG pixels."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.picture.scene import Arrange, Box, Group, Look, Scene

BOX: Final = 164
SMALL: Final = 124
WIDE: Final = 344
TITLE: Final = 18
LINE: Final = 16
_PAD: Final = 14
_GAP: Final = 62
"""Between members of a row: an arrow and its label fit."""
_BETWEEN_ROWS: Final = 46
_FLANK: Final = 84
_MORE: Final = 40
"""How much a gap may grow to fill a row."""
_PAIR: Final = 2
_SQUARE: Final = 4
_LETTER: Final = {"title": 8.2, "line": 6.9}
"""Width of a letter: of DejaVu Sans, the widest of the fonts asked for."""


@dataclass(frozen=True)
class Rect:
    """Where something is."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Of its right side."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Of its lower side."""
        return self.y + self.h

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass
class Placed:
    """A scene with places."""

    scene: Scene
    width: float = 0
    height: float = 0
    rects: dict[str, Rect] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    """Those that are drawn, outermost first."""
    boxes: list[Box] = field(default_factory=list)
    words: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Id to the lines of its title and of its text, as they fit."""


def place(scene: Scene) -> Placed:
    """A place for everything."""
    placed = Placed(scene)
    sizes = _Sizes(placed.words)
    width, height = sizes.of(scene.root)
    _Places(placed, sizes).put(scene.root, Rect(_PAD, _PAD, width, height))
    placed.width = max(rect.right for rect in placed.rects.values()) + _PAD
    placed.height = max(rect.bottom for rect in placed.rects.values()) + _PAD
    return placed


def wrapped(text: str, width: float, kind: str, at_most: int = 3) -> list[str]:
    """A text in lines that fit a width; what is too much ends in an ellipsis."""
    room = max(4, int(width / _LETTER[kind]))
    lines: list[str] = []
    for word in text.split(" "):
        pieces = [word] if len(word) <= room else re.findall(rf"[^-./]{{1,{room - 1}}}[-./]*|[-./]+", word)
        for index, piece in enumerate(pieces):
            space = "" if index else " "
            if lines and len(lines[-1]) + len(space) + len(piece) <= room:
                lines[-1] = f"{lines[-1]}{space}{piece}"
            else:
                lines.append(piece)
    if len(lines) > at_most:
        lines = lines[:at_most]
        lines[-1] = f"{lines[-1][: room - 1].rstrip(',')}…"
    return lines


class _Sizes:
    """How large everything is."""

    def __init__(self, words: dict[str, tuple[list[str], list[str]]]) -> None:
        self._words = words
        self._known: dict[int, tuple[float, float]] = {}

    def of(self, part: Box | Group, width: float = BOX) -> tuple[float, float]:
        if id(part) not in self._known:
            self._known[id(part)] = self._box(part, width) if isinstance(part, Box) else self._group(part)
        return self._known[id(part)]

    def content(self, group: Group) -> tuple[float, float]:
        """Size of a group's members as they stand."""
        sizes = [self.of(member, _width(group, member)) for member in group.members]
        if not sizes:
            return 0, 0
        widest, highest = max(w for w, _ in sizes), max(h for _, h in sizes)
        match group.arrange:
            case Arrange.ROW | Arrange.LAYERS:
                gap = gap_of(group)
                return sum(w for w, _ in sizes) + gap * (len(sizes) - 1), highest
            case Arrange.COLUMN:
                gap = gap_of(group)
                return widest, sum(h for _, h in sizes) + gap * (len(sizes) - 1)
            case Arrange.GRID:
                columns = columns_of(len(sizes))
                rows = math.ceil(len(sizes) / columns)
                return columns * (widest + 10) - 10, rows * (highest + 10) - 10
            case Arrange.RING:
                spots = ring(len(sizes), widest, highest)
                return max(x for x, _ in spots) + widest, max(y for _, y in spots) + highest
            case Arrange.FLANK:
                others = [w for w, _ in sizes[1:]]
                return sizes[0][0] + (max(others) + _FLANK if others else 0), max(
                    highest, sum(h + 20 for _, h in sizes[1:])
                )

    def head(self, group: Group, width: float) -> float:
        """Height of a group's title and text."""
        if group.look is Look.NONE:
            return 0
        title = wrapped(group.title, width, "title", 2)
        lines = [part for line in group.lines for part in wrapped(line, width, "line", 4)]
        self._words[group.id] = (title, lines)
        return len(title) * TITLE + len(lines) * LINE + 12

    def _box(self, box: Box, width: float) -> tuple[float, float]:
        width = box.width or width
        title = wrapped(box.title, width - 16, "title", 2)
        lines = [part for line in box.lines for part in wrapped(line, width - 16, "line", 4 if width > BOX else 3)]
        self._words[box.id] = (title, lines)
        return width, len(title) * TITLE + len(lines) * LINE + (18 if lines else 14)

    def _group(self, group: Group) -> tuple[float, float]:
        width, height = self.content(group)
        if group.look is Look.NONE:
            return width, height
        width = max(width, 8.4 * min(len(group.title), 30))
        return width + 2 * _PAD, height + self.head(group, width) + 2 * _PAD


class _Places:
    """Where everything is."""

    def __init__(self, placed: Placed, sizes: _Sizes) -> None:
        self._placed = placed
        self._sizes = sizes

    def put(self, part: Box | Group, rect: Rect) -> None:
        self._placed.rects[part.id] = rect
        if isinstance(part, Box):
            self._placed.boxes.append(part)
            return
        if part.look is not Look.NONE:
            self._placed.groups.append(part)
            head = self._sizes.head(part, rect.w - 2 * _PAD)
            rect = Rect(rect.x + _PAD, rect.y + head + _PAD, rect.w - 2 * _PAD, rect.h - head - 2 * _PAD)
        for member, at in self._members(part, rect):
            self.put(member, at)

    def _members(self, group: Group, room: Rect) -> Sequence[tuple[Box | Group, Rect]]:
        sizes = [self._sizes.of(member) for member in group.members]
        match group.arrange:
            case Arrange.ROW:
                return _in_row(group, sizes, room)
            case Arrange.LAYERS:
                return _in_row(group, sizes, room, stretch=False)
            case Arrange.COLUMN:
                return _in_column(group, sizes, room)
            case Arrange.GRID:
                w, h = max(w for w, _ in sizes), max(h for _, h in sizes)
                columns = columns_of(len(sizes))
                return [
                    (member, Rect(room.x + i % columns * (w + 10), room.y + i // columns * (h + 10), w, h))
                    for i, member in enumerate(group.members)
                ]
            case Arrange.RING:
                w, h = max(w for w, _ in sizes), max(h for _, h in sizes)
                width, height = self._sizes.content(group)
                left, top = room.x + (room.w - width) / 2, room.y + (room.h - height) / 2
                spots = ring(len(sizes), w, h)
                return [(m, Rect(left + x, top + y, w, h)) for m, (x, y) in zip(group.members, spots, strict=True)]
            case Arrange.FLANK:
                return self._flank(group, sizes, room)

    def _flank(self, group: Group, sizes: list[tuple[float, float]], room: Rect) -> list[tuple[Box | Group, Rect]]:
        """The main part first: the others stand at the height of what they lead to."""
        aside = max((w for w, _ in sizes[1:]), default=-_FLANK) + _FLANK
        main = Rect(room.x + aside, room.y, room.w - aside, max(sizes[0][1], room.h))
        self.put(group.members[0], main)
        free = room.y
        found: list[tuple[Box | Group, Rect]] = []
        for member, (w, h) in zip(group.members[1:], sizes[1:], strict=True):
            target = next((arrow.target for arrow in self._placed.scene.arrows if arrow.source == member.id), None)
            aim = self._placed.rects.get(target or "", main).middle[1] - h / 2
            found.append((member, Rect(room.x, max(free, aim), w, h)))
            free = found[-1][1].bottom + 20
        return found


def _in_row(
    group: Group, sizes: list[tuple[float, float]], room: Rect, *, stretch: bool = True
) -> list[tuple[Box | Group, Rect]]:
    """From left to right; what room is left, the last group gets, or the gaps."""
    gap = gap_of(group)
    growing = next((i for i in range(len(sizes) - 1, -1, -1) if _framed(group.members[i])), None) if stretch else None
    spare = room.w - sum(w for w, _ in sizes) - gap * (len(sizes) - 1)
    if growing is None and stretch and len(sizes) > 1:
        more = min(spare / (len(sizes) - 1), _MORE)
        gap, spare = gap + more, spare - more * (len(sizes) - 1)
    if growing is None and (group.look is not Look.NONE or not stretch):
        room = Rect(room.x + max(0, spare) / 2, room.y, room.w, room.h)
    found: list[tuple[Box | Group, Rect]] = []
    x = room.x
    for index, (member, (w, h)) in enumerate(zip(group.members, sizes, strict=True)):
        width = w + spare if index == growing else w
        tall = room.h if isinstance(member, Group) or group.id in ("supply", "rest") else h
        found.append((member, Rect(x, room.y + (room.h - tall) / 2, width, tall)))
        x += width + gap
    return found


def _in_column(group: Group, sizes: list[tuple[float, float]], room: Rect) -> list[tuple[Box | Group, Rect]]:
    gap = gap_of(group)
    spare = max(0, room.h - sum(h for _, h in sizes) - gap * (len(sizes) - 1))
    y = room.y + (0 if group.top else spare / 2)
    found: list[tuple[Box | Group, Rect]] = []
    for member, (w, h) in zip(group.members, sizes, strict=True):
        whole = isinstance(member, Group) and member.arrange is not Arrange.GRID
        at = Rect(room.x, y, room.w, h) if whole else Rect(room.x + (room.w - w) / 2, y, w, h)
        found.append((member, at))
        y += h + gap
    return found


def _framed(member: Box | Group) -> bool:
    return isinstance(member, Group) and member.look is Look.FRAME


def _width(group: Group, member: Box | Group) -> float:
    return SMALL if group.arrange in (Arrange.RING, Arrange.GRID) and isinstance(member, Box) else BOX


def gap_of(group: Group) -> float:
    """Room between members of a row or column."""
    if group.arrange is Arrange.LAYERS:
        return 72
    if group.arrange is Arrange.COLUMN:
        return (
            _BETWEEN_ROWS if group.look is not Look.SPACE and any(isinstance(m, Group) for m in group.members) else 14
        )
    return _GAP + 14 if any(isinstance(m, Group) and m.look is Look.SPACE for m in group.members) else _GAP


def columns_of(number: int) -> int:
    """How many columns a grid has."""
    return min(10, max(3, math.ceil(math.sqrt(number * 0.6))))


def ring(number: int, width: float, height: float) -> list[tuple[float, float]]:
    """Upper left corners of boxes that stand around the middle."""
    if number <= _PAIR:
        return [(i * (width + 60), 0.0) for i in range(number)]
    if number == _SQUARE:
        across, down = width + 60, height + 88
        return [(0.0, 0.0), (across, 0.0), (across, down), (0.0, down)]
    rx = max(width * 0.95, number * width * 0.22)
    ry = max(height * 1.15, number * height * 0.36)
    angles = [2 * math.pi * i / number - math.pi / 2 for i in range(number)]
    return [(rx + rx * math.cos(angle), ry + ry * math.sin(angle)) for angle in angles]
