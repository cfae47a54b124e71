"""The nearest level: what one component registers and how it hangs together, or all components side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policies.capture import Resource
from policies.picture.facts import TIMES, count, kind_of
from policies.picture.parts import Part
from policies.picture.scene import Arrange, Arrow, Box, Group, Look, Scene
from policies.picture.stack import Stack
from policies.picture.view import anchor

_ALONE: Final = 3
"""From how many resources of a type on, with the same neighbours, they are one box with their number."""
_COLUMN: Final = 7
"""How many boxes stand in a column before another one is begun."""


_NAMED: Final = 3
"""How many of several are named."""
_WIDTH: Final = 252
_EVERYWHERE: Final = ("project", "metadata")
"""Properties that every resource takes from the same project or namespace: an arrow for each would say nothing."""


class PictureError(Exception):
    """What is asked for can't be drawn; the message is a sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class _Card:
    """One box of a component's picture."""

    id: str
    resources: tuple[Resource, ...]

    @property
    def box(self) -> Box:
        """How it is drawn."""
        first = self.resources[0]
        if len(self.resources) == 1:
            return Box(id=self.id, title=first.name, lines=[short(first.type), _where(first)], width=_WIDTH)
        names = ", ".join(one.name for one in self.resources[:_NAMED]) + (" …" if len(self.resources) > _NAMED else "")
        title = f"{len(self.resources)}\u00a0{TIMES}\u00a0{short(first.type)}"
        return Box(id=self.id, title=title, lines=[names, _where(first)], width=_WIDTH)


def inside(stack: Stack, focus: str) -> Scene:
    """The resources of one component, between what they take from and who takes from them.

    Args:
        stack: What is drawn.
        focus: Name or URN of a component directly below the stack.

    Raises:
        PictureError: There is no such component, or several of the name.
    """
    part, owned = _found(stack.parts, focus), stack.owned
    cards, card_of = _cards(part)
    inner = _edges(part, card_of)
    takes, gives = _outer(part, stack.parts, owned, card_of)
    columns = [
        Group(id=f"column {i}", arrange=Arrange.COLUMN, members=[card.box for card in held])
        for i, held in enumerate(_layered(cards, inner))
    ]
    title = part.title
    middle = Group(id=part.urn, title=title, look=Look.FRAME, arrange=Arrange.LAYERS, members=[*columns])
    sides = [_side("takes", takes, owned), middle, _side("gives", gives, owned)]
    root = Group(id="root", arrange=Arrange.LAYERS, members=[side for side in sides if side.members])
    arrows = [Arrow(source=a, target=b) for a, b in inner]
    arrows += [Arrow(source=a, target=b, dashed=True) for a, b in (*takes, *gives)]
    told = (
        f"{count(len(part.resources), 'resource')}; arrows lead from what is made first to what takes a value from it."
    )
    return Scene(title=f"{title} of {stack.name}", description=_told(told, part), root=root, arrows=arrows)


def inventory(stack: Stack, *, links: bool) -> Scene:
    """Every component with the types of its resources; those that are alike are one."""
    alike: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    for part in stack.parts:
        alike[part.kind, part.role, tuple(sorted(Counter(one.type for one in part.resources).items()))].append(part)
    cards = [_inventoried(held, links=links) for held in alike.values()]
    columns = _balanced(cards, 4)
    groups = [
        Group(id=f"column {i}", arrange=Arrange.COLUMN, top=True, members=[*held]) for i, held in enumerate(columns)
    ]
    root = Group(id="root", members=[*groups])
    everything = sum(len(part.resources) for held in alike.values() for part in held)
    told = f"{count(everything, 'resource')}, by the component that registers them. " + " ".join(
        f"{card.title}: {'; '.join(card.lines)}." for card in cards
    )
    return Scene(title=f"The stack {stack.name}: its resources", description=told, root=root)


def short(type_: str) -> str:
    """A type token without what repeats: "container.NodePool" of gcp, "Deployment" of Kubernetes."""
    package, middle, name = [*type_.split(":", 2), "", ""][:3]
    if package == "gcp":
        return f"{middle.partition('/')[0]}.{name}"
    return f"provider {name}" if package == "pulumi" else name


def _found(all_parts: list[Part], focus: str) -> Part:
    named = [part for part in all_parts if focus in (part.urn, part.name)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(sorted({part.name for part in all_parts}))
    if named:
        msg = f"{focus} is the name of {len(named)} components ({', '.join(part.urn for part in named)}). Give its URN."
    else:
        msg = f"{focus} is no component of the stack. Give the name or URN of one of {names}."
    raise PictureError(msg)


def _cards(part: Part) -> tuple[list[_Card], Mapping[str, _Card]]:
    alike: dict[str, list[Resource]] = defaultdict(list)
    for one in part.resources:
        alike[one.type].append(one)
    cards: list[_Card] = []
    for held in alike.values():
        if len(held) >= _ALONE:
            cards.append(_Card(id=f"card {held[0].urn}", resources=tuple(held)))
        else:
            cards.extend(_Card(id=f"card {one.urn}", resources=(one,)) for one in held)
    return cards, {one.urn: card for card in cards for one in card.resources}


def _edges(part: Part, card_of: Mapping[str, _Card]) -> list[tuple[str, str]]:
    """From what is made first to what needs it."""
    found = {
        (card_of[urn].id, card_of[one.urn].id): None
        for one in part.resources
        for urn in (*_values(one), *one.dependencies)
        if urn in card_of and card_of[urn] is not card_of[one.urn]
    }
    return _shortened([(a, b) for a, b in found if (b, a) not in found or a < b])


def _shortened(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those that a longer way says already."""
    after: dict[str, set[str]] = defaultdict(set)
    for a, b in edges:
        after[a].add(b)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        left = [start]
        while left:
            for other in after[left.pop()] - seen:
                seen.add(other)
                left.append(other)
        return seen

    return [(a, b) for a, b in edges if not any(b in reached(other) for other in after[a] - {b})]


def _values(resource: Resource) -> Iterable[str]:
    taken = resource.property_dependencies
    if not taken:
        return resource.dependencies
    return dict.fromkeys(urn for name, urns in taken.items() if name not in _EVERYWHERE for urn in urns)


def _outer(
    part: Part, all_parts: list[Part], owned: Mapping[str, Part], card_of: Mapping[str, _Card]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    takes = {
        (f"takes {owned[urn].urn}", card_of[one.urn].id): None
        for one in part.resources
        for urn in _values(one)
        if urn in owned and owned[urn] is not part
    }
    gives = {
        (card_of[urn].id, f"gives {other.urn}"): None
        for other in all_parts
        if other is not part
        for one in other.resources
        for urn in _values(one)
        if urn in card_of
    }
    return list(takes), list(gives)


def _side(name: str, edges: list[tuple[str, str]], owned: Mapping[str, Part]) -> Group:
    """The other components, on one side; more than fit are one box."""
    prefix = f"{name} "
    ids = dict.fromkeys(end for edge in edges for end in edge if end.startswith(prefix))
    held = {id_: owned[id_.removeprefix(prefix)] for id_ in ids}
    boxes = [Box(id=id_, title=part.name, lines=[part.kind], look=kind_of(part.role)) for id_, part in held.items()]
    return Group(id=name, arrange=Arrange.COLUMN, members=[*boxes])


def _layered(cards: list[_Card], edges: list[tuple[str, str]]) -> list[list[_Card]]:
    """Columns: each card right of all it takes from; a column that is too long goes on in the next."""
    before: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        before[b].append(a)
    depth: dict[str, int] = {}

    def deep(id_: str, path: frozenset[str]) -> int:
        if id_ not in depth:
            above = [deep(one, path | {id_}) for one in before[id_] if one not in path]
            depth[id_] = 1 + max(above, default=-1)
        return depth[id_]

    columns: dict[int, list[_Card]] = defaultdict(list)
    for card in cards:
        columns[deep(card.id, frozenset({card.id}))].append(card)
    return [
        held[start : start + _COLUMN] for _, held in sorted(columns.items()) for start in range(0, len(held), _COLUMN)
    ]


def _inventoried(held: list[Part], *, links: bool) -> Box:
    first = held[0]
    types = Counter(short(one.type) for one in first.resources).most_common()
    lines = [f"{number}\u00a0{TIMES}\u00a0{type_}" if number > 1 else type_ for type_, number in types]
    if len(lines) > _COLUMN:
        lines = [*lines[: _COLUMN - 1], f"and {len(lines) - _COLUMN + 1} more types"]
    title = first.title if len(held) == 1 else f"{len(held)} {TIMES} {first.kind}"
    if len(held) > 1:
        names = ", ".join(part.name for part in held[:_NAMED]) + (" …" if len(held) > _NAMED else "")
        lines = [f"each of {names}:", *lines]
    link = f"#{anchor(first.urn)}" if links else None
    return Box(id=first.urn, title=title, lines=lines, look=kind_of(first.role), link=link, width=_WIDTH)


def _balanced(cards: list[Box], number: int) -> list[list[Box]]:
    columns: list[list[Box]] = [[] for _ in range(min(number, len(cards)))]
    heights = [0] * len(columns)
    for card in cards:
        at = heights.index(min(heights))
        columns[at].append(card)
        heights[at] += len(card.lines) + 3
    return columns


def _where(resource: Resource) -> str:
    return f"{resource.file.rpartition('/')[2]}:{resource.line}" if resource.file else ""


def _told(told: str, part: Part) -> str:
    types = Counter(short(one.type) for one in part.resources)
    return f"{told} {', '.join(f'{number} {type_}' for type_, number in types.most_common())}."
