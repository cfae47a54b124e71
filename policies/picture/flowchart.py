"""A scene as a Mermaid flowchart, for pages that draw Mermaid."""

from collections.abc import Iterator
from typing import Final

from policies.picture.scene import Box, Group, Look, Scene

_COLOURS: Final = {
    Look.SERVICE: "#f8e1d5,stroke:#9c3d22", Look.EDGE: "#e1ddef,stroke:#5b4f8f", Look.DATA: "#dbe7e4,stroke:#3c6b61",
    Look.DELIVERY: "#dde7f2,stroke:#33587f", Look.KEY: "#f5e8c4,stroke:#80620f", Look.WATCH: "#eadfe8,stroke:#77456e",
}  # fmt: skip


def write(scene: Scene) -> str:
    """The scene as text; ids are numbers in the order of drawing."""
    ids: dict[str, str] = {}
    body = [line for member in _drawn(scene.root) for line in _part(member, ids, 1)]
    arrows = [
        f"  {ids[arrow.source]} {_line(arrow.label, dashed=arrow.dashed)} {ids[arrow.target]}"
        for arrow in scene.arrows
        if arrow.source in ids and arrow.target in ids
    ]
    looks = [f"  classDef {look} fill:{colours},color:#2a2522" for look, colours in _COLOURS.items()]
    head = ["---", f'title: "{_plain(scene.title)}"', "---", "flowchart LR"]
    return "\n".join([*head, *body, *arrows, *looks]) + "\n"


def _drawn(part: Box | Group) -> Iterator[Box | Group]:
    """A group that only arranges stands for its members."""
    if isinstance(part, Group) and part.look is Look.NONE:
        for member in part.members:
            yield from _drawn(member)
    else:
        yield part


def _part(part: Box | Group, ids: dict[str, str], depth: int) -> Iterator[str]:
    ids[part.id] = own = f"n{len(ids) + 1}"
    room = "  " * depth
    text = "<br/>".join(_quoted(line) for line in (part.title, *part.lines) if line)
    if isinstance(part, Box):
        look = f":::{part.look}" if part.look in _COLOURS else ""
        yield f'{room}{own}["{text}"]{look}'
        return
    yield f'{room}subgraph {own}["{text}"]'
    for member in (inner for one in part.members for inner in _drawn(one)):
        yield from _part(member, ids, depth + 1)
    yield f"{room}end"


def _line(label: str, *, dashed: bool) -> str:
    arrow = "-.->" if dashed else "-->"
    return f'{arrow}|"{_quoted(label)}"|' if label else arrow


def _quoted(text: str) -> str:
    """Text in Mermaid's own entities: inside quotes nothing else has to be."""
    for letter, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("|", "#124;"), ("`", "#96;")):
        text = text.replace(letter, entity) if letter != "#" else text.replace("#", "\0")
    return text.replace("\0", "#35;")


def _plain(text: str) -> str:
    return text.replace("\\", "").replace('"', "'")
