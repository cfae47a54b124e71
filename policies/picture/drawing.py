"""A scene as SVG: no script, no font to fetch, light and dark, with a title and a description for who can't see it."""

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import Final

from policies.picture.layout import LINE, TITLE, Placed, Rect, place
from policies.picture.scene import Box, Group, Look, Scene
from policies.picture.ways import Points, Ways, number

_LIGHT: Final = {
    "paper": "#fffdf8", "ink": "#2a2522", "soft": "#5a5348", "line": "#5a5348",
    Look.OUTSIDE: "#fffdf8 #8b8170", Look.PLAIN: "#fffdf8 #8b8170", Look.FRAME: "#f6f1e6 #b9ae97",
    Look.SPACE: "#fffdf8 #b9ae97", Look.SERVICE: "#f8e1d5 #9c3d22", Look.EDGE: "#e1ddef #5b4f8f",
    Look.DATA: "#dbe7e4 #3c6b61", Look.DELIVERY: "#dde7f2 #33587f", Look.KEY: "#f5e8c4 #80620f",
    Look.WATCH: "#eadfe8 #77456e",
}  # fmt: skip
_DARK: Final = {
    "paper": "#1d1b19", "ink": "#f3ece0", "soft": "#c4b9a5", "line": "#c4b9a5",
    Look.OUTSIDE: "#1d1b19 #a2977f", Look.PLAIN: "#1d1b19 #a2977f", Look.FRAME: "#26231f #6d6455",
    Look.SPACE: "#1d1b19 #6d6455", Look.SERVICE: "#4a2a1f #e08a68", Look.EDGE: "#322d49 #a79bdd",
    Look.DATA: "#21403a #7fbcae", Look.DELIVERY: "#22344a #8fb4dd", Look.KEY: "#43381a #d9b95c",
    Look.WATCH: "#40293b #cf9dc4",
}  # fmt: skip
_FONT: Final = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
_ROUND: Final = 10
_LETTER: Final = 6.9
_EDGE: Final = 20
"""Room that a label leaves on the right."""


def draw(scene: Scene, name: str, *, styled: bool = True) -> str:
    """The scene as an SVG document.

    Args:
        scene: What is drawn.
        name: Makes its ids unique in a page that has several pictures; letters, digits and hyphens.
        styled: Whether it brings its style; a page of several has `style()` once.
    """
    placed = place(scene)
    width, height = round(placed.width), round(placed.height)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-labelledby="{name}-title {name}-text" class="atm-picture" '
            f'font-family="{_FONT}" font-size="14">',
            f'  <title id="{name}-title">{escape(scene.title)}</title>',
            f'  <desc id="{name}-text">{escape(scene.description)}</desc>',
            *([f"  <style>{style()}</style>"] if styled else []),
            f'  <defs><marker id="{name}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto-start-reverse"><path class="head" d="M0 0 10 5 0 10z"/></marker></defs>',
            f'  <rect class="paper" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="16"/>',
            *(f"  {part}" for part in _parts(placed, name)),
            "</svg>\n",
        )
    )


def style() -> str:
    """Colours of both schemes; every selector is the picture's own, for a page has other text."""

    def rules(colours: dict[str, str]) -> str:
        looks = "".join(
            f".atm-picture .{look}{{fill:{colours[look].split()[0]};stroke:{colours[look].split()[1]}}}"
            for look in Look if look is not Look.NONE
        )  # fmt: skip
        return (
            f".atm-picture .paper{{fill:{colours['paper']};stroke:{colours[Look.FRAME].split()[1]}}}{looks}"
            f".atm-picture .line{{stroke:{colours['line']}}}.atm-picture .head{{fill:{colours['line']}}}"
            f".atm-picture text{{fill:{colours['ink']}}}.atm-picture .small{{fill:{colours['soft']}}}"
            f".atm-picture .label{{stroke:{colours[Look.FRAME].split()[0]}}}"
        )

    shape = (
        ".atm-picture rect{stroke-width:1.5}.atm-picture .space{stroke-dasharray:5 4;stroke-width:1}"
        ".atm-picture .frame{stroke-width:1}.atm-picture .line{fill:none;stroke-width:1.7}"
        ".atm-picture .dashed{stroke-dasharray:3 4}.atm-picture .small{font-size:12px}"
        ".atm-picture .name{font-weight:600}"
        ".atm-picture .label{font-size:12px;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}"
        ".atm-picture a:hover rect,.atm-picture a:focus rect{stroke-width:3}"
        ".atm-picture a:hover .name{text-decoration:underline}"
    )
    return f"{shape}{rules(_LIGHT)}@media(prefers-color-scheme:dark){{{rules(_DARK)}}}"


def _parts(placed: Placed, name: str) -> Iterator[str]:
    for group in placed.groups:
        yield _group(placed, group)
    ways = Ways(placed)
    labels: list[str] = []
    for arrow in placed.scene.arrows:
        if arrow.source in placed.rects and arrow.target in placed.rects:
            path, points = ways.path(arrow)
            dashed = " dashed" if arrow.dashed else ""
            yield f'<path class="line{dashed}" d="{path}" marker-end="url(#{name}-head)"/>'
            labels.append(_label(placed, points, arrow.label) if arrow.label else "")
    for box in placed.boxes:
        yield _box(placed, box)
    yield from filter(None, labels)


def _group(placed: Placed, group: Group) -> str:
    at = placed.rects[group.id]
    title, lines = placed.words[group.id]
    drawn = [_rect(at, group.look, 14)]
    y = at.y + 22
    for text in title:
        drawn.append(f'<text class="name" x="{number(at.x + 14)}" y="{number(y)}">{escape(text)}</text>')
        y += TITLE
    for text in lines:
        drawn.append(f'<text class="small" x="{number(at.x + 14)}" y="{number(y)}">{escape(text)}</text>')
        y += LINE
    inside = "".join(drawn)
    return f'<a href="{escape(group.link)}">{inside}</a>' if group.link else inside


def _box(placed: Placed, box: Box) -> str:
    at = placed.rects[box.id]
    title, lines = placed.words[box.id]
    middle = at.middle[0]
    tall = len(title) * TITLE + len(lines) * LINE
    y = at.y + (at.h - tall) / 2 + 14
    drawn = [_rect(at, box.look, _ROUND)]
    for text in title:
        drawn.append(
            f'<text class="name" x="{number(middle)}" y="{number(y)}" text-anchor="middle">{escape(text)}</text>'
        )
        y += TITLE
    for text in lines:
        drawn.append(
            f'<text class="small" x="{number(middle)}" y="{number(y)}" text-anchor="middle">{escape(text)}</text>'
        )
        y += LINE
    inside = "".join(drawn)
    return f'<a href="{escape(box.link)}">{inside}</a>' if box.link else f"<g>{inside}</g>"


def _rect(at: Rect, look: Look, radius: int) -> str:
    x, y, width, height = map(number, (at.x, at.y, at.w, at.h))
    return f'<rect class="{look}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>'


def _label(placed: Placed, points: Points, text: str) -> str:
    """Beside the longest piece of the way."""
    pieces = pairwise(points)
    (ax, ay), (bx, by) = max(pieces, key=lambda piece: abs(piece[0][0] - piece[1][0]) + abs(piece[0][1] - piece[1][1]))
    x, y = (ax + bx) / 2, (ay + by) / 2
    anchor = "middle"
    if abs(ax - bx) >= abs(ay - by):
        y -= 7
    elif x + 14 + len(text) * _LETTER > placed.width - _EDGE:
        x, y, anchor = x - 7, y + 4, "end"
    else:
        x, y, anchor = x + 7, y + 4, "start"
    return f'<text class="label small" x="{number(x)}" y="{number(y)}" text-anchor="{anchor}">{escape(text)}</text>'
