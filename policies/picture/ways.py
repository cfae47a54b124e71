"""How arrows run between what has its place: straight where two face each other, around what stands between."""

import re
from collections import defaultdict
from typing import Final

from policies.picture.layout import Placed, Rect
from policies.picture.scene import Arrange, Arrow, Look

Points = list[tuple[float, float]]
_FACING: Final = 16
"""How much of two sides has to face each other for a straight arrow."""


class Ways:
    """The arrows of one picture."""

    def __init__(self, placed: Placed) -> None:
        self._placed = placed
        self._layered = placed.scene.root.arrange is Arrange.LAYERS
        self._ports = self._shared() if self._layered else {}
        self._outside = {box.id for box in placed.boxes if box.look is Look.OUTSIDE}

    def path(self, arrow: Arrow) -> tuple[str, Points]:
        """An arrow as the `d` of an SVG path, and its corners."""
        if self._layered:
            (ax, ay), (bx, by) = self._ports[arrow]
            bend = max(30.0, (bx - ax) / 2)
            curve = " ".join(number(one) for one in (ax + bend, ay, bx - bend, by, bx, by))
            return f"M{number(ax)} {number(ay)}C{curve}", [(ax, ay), (bx, by)]
        points = self._points(arrow)
        return "M" + " ".join(f"{number(x)} {number(y)}" for x, y in points), points

    def _shared(self) -> dict[Arrow, tuple[tuple[float, float], tuple[float, float]]]:
        """Where arrows of a layered picture leave and arrive: spread over the side, in the order of the other ends."""
        rects = self._placed.rects
        leaving: dict[str, list[Arrow]] = defaultdict(list)
        arriving: dict[str, list[Arrow]] = defaultdict(list)
        for arrow in self._placed.scene.arrows:
            leaving[arrow.source].append(arrow)
            arriving[arrow.target].append(arrow)
        starts, ends = {}, {}
        for id_, arrows in leaving.items():
            for index, arrow in enumerate(sorted(arrows, key=lambda one: rects[one.target].middle[1])):
                starts[arrow] = rects[id_].right, _spread(rects[id_], index, len(arrows))
        for id_, arrows in arriving.items():
            for index, arrow in enumerate(sorted(arrows, key=lambda one: rects[one.source].middle[1])):
                ends[arrow] = rects[id_].x, _spread(rects[id_], index, len(arrows))
        return {arrow: (starts[arrow], ends[arrow]) for arrow in self._placed.scene.arrows}

    def _points(self, arrow: Arrow) -> Points:
        """Straight where the two face each other, else around a corner, else between the middles."""
        a, b = self._placed.rects[arrow.source], self._placed.rects[arrow.target]
        low, high = max(a.y, b.y), min(a.bottom, b.bottom)
        left, right = max(a.x, b.x), min(a.right, b.right)
        if high - low >= _FACING and (a.right <= b.x or b.right <= a.x):
            y = (low + high) / 2
            ends = [(a.right, y), (b.x, y)] if a.right <= b.x else [(a.x, y), (b.right, y)]
            return ends if not _meets(self._placed, ends, arrow) else _under(self._placed, a, b)
        if right - left >= _FACING and (a.bottom <= b.y or b.bottom <= a.y):
            x = (left + right) / 2
            return [(x, a.bottom), (x, b.y)] if a.bottom <= b.y else [(x, a.y), (x, b.bottom)]
        if b.bottom < a.y and b.w > 3 * a.w:
            # Up beside what stands between, into the large one's side that is nearer.
            x = a.right - 20
            lane = (b.bottom + a.y) / 2
            into = b.x + 30 if b.x > a.right else b.right - 30
            return [(x, a.y), (x, lane), (into, lane), (into, b.bottom)]
        if arrow.source in self._outside and b.y >= a.bottom:
            return [(a.middle[0], a.bottom), (a.middle[0], b.middle[1]), (b.x, b.middle[1])]
        return [_border(a, b.middle), _border(b, a.middle)]


def _spread(rect: Rect, index: int, number_of: int) -> float:
    """Height of one of several ends on a side."""
    return rect.y + rect.h * (index + 1) / (number_of + 1)


def _meets(placed: Placed, ends: Points, arrow: Arrow) -> bool:
    (ax, y), (bx, _) = ends
    low, high = min(ax, bx), max(ax, bx)
    return any(
        box.id not in (arrow.source, arrow.target) and low < rect.middle[0] < high and rect.y < y < rect.bottom
        for box in placed.boxes
        for rect in [placed.rects[box.id]]
    )


def _under(placed: Placed, a: Rect, b: Rect) -> Points:
    """Beneath all that stands between."""
    low, high = min(a.middle[0], b.middle[0]), max(a.middle[0], b.middle[0])
    between = [rect for box in placed.boxes for rect in [placed.rects[box.id]] if low <= rect.middle[0] <= high]
    lane = max(rect.bottom for rect in between if rect.y < max(a.bottom, b.bottom)) + 16
    return [
        (a.middle[0] + 12, a.bottom),
        (a.middle[0] + 12, lane),
        (b.middle[0] - 12, lane),
        (b.middle[0] - 12, b.bottom),
    ]


def _border(rect: Rect, towards: tuple[float, float]) -> tuple[float, float]:
    """Where a line from a rectangle's middle leaves it."""
    x, y = rect.middle
    dx, dy = towards[0] - x, towards[1] - y
    scale = min(
        (rect.w / 2 + 2) / abs(dx) if dx else float("inf"), (rect.h / 2 + 2) / abs(dy) if dy else float("inf"), 1.0
    )
    return x + dx * scale, y + dy * scale


def number(value: float) -> str:
    """A number without needless digits."""
    return re.sub(r"\.?0+$", "", f"{value:.1f}")
