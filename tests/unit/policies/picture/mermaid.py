"""Reads the part of Mermaid that pictures are written in, and nothing else: whatever it does not know fails."""

import html
import re
from dataclasses import dataclass, field

_ENTITIES = re.compile(r"#(\w+);")
_LABEL = r'"([^"]*)"'


@dataclass
class Chart:
    """What a chart says."""

    nodes: dict[str, str] = field(default_factory=dict)
    """Id to label, its lines apart."""
    groups: dict[str, str] = field(default_factory=dict)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)


def chart(text: str) -> Chart:
    """The chart in a text; an assertion fails where it is not one."""
    lines = text.splitlines()
    assert lines[0] == lines[2] == "---"
    assert re.fullmatch(r'title: "[^"\\]+"', lines[1])
    assert lines[3] == "flowchart LR"
    found, open_, used = Chart(), 0, set()
    for line in map(str.strip, lines[4:]):
        if line == "end":
            open_ -= 1
            assert open_ >= 0
        elif match := re.fullmatch(rf"subgraph (n\d+)\[{_LABEL}\]", line):
            open_ += 1
            _new(found, match[1])
            found.groups[match[1]] = _label(match[2])
        elif match := re.fullmatch(rf"(n\d+)\[{_LABEL}\](?::::?(\w+))?", line):
            _new(found, match[1])
            found.nodes[match[1]] = _label(match[2])
            used.add(match[3])
        elif match := re.fullmatch(rf"(n\d+) (?:-->|-\.->)(?:\|{_LABEL}\|)? (n\d+)", line):
            assert {match[1], match[3]} <= found.nodes.keys() | found.groups.keys()
            found.arrows.append((match[1], match[3], _label(match[2] or "")))
        else:
            match = re.fullmatch(r"classDef (\w+) fill:#\w{6},stroke:#\w{6},color:#\w{6}", line)
            assert match, line
            found.classes.add(match[1])
    assert open_ == 0
    assert used - {None} <= found.classes
    return found


def _new(found: Chart, id_: str) -> None:
    assert id_ not in found.nodes
    assert id_ not in found.groups


def _label(text: str) -> str:
    parts = text.split("<br/>")
    for part in parts:
        assert not re.search(r"[<>|`]|#(?!\w+;)", part), part
    return "\n".join(_ENTITIES.sub(lambda match: html.unescape(_entity(match[1])), part) for part in parts)


def _entity(name: str) -> str:
    return f"&#{name};" if name.isdigit() else f"&{name};"
