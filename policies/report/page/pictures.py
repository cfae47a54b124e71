"""The picture for a page: the stack, its components, and the resources of each, one leading to the next."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from policies import picture
from policies.picture.parts import Part
from policies.picture.stack import Stack
from policies.picture.view import anchor

_EACH: Final = 40
"""Up to how many components each has its own picture; of more, those that are alike share one."""


@dataclass(frozen=True, kw_only=True)
class Inside:
    """The picture of one component, or of several that are alike."""

    title: str
    places: tuple[str, ...]
    """Ids in the page that lead here."""
    svg: Markup


def overviews(stack: Stack) -> list[tuple[str, Markup]]:
    """Level and picture: the stack, its components, its resources by component."""
    return [
        (level, Markup(picture.svg(stack, level=level, links=True, styled=False)))  # noqa: S704 - ours, escaped there
        for level in picture.LEVELS
    ]


def insides(stack: Stack) -> list[Inside]:
    """The resources of each component."""
    found = stack.parts
    alike: dict[Hashable, list[Part]] = {}
    for part in found:
        types = tuple(sorted(Counter(one.type for one in part.resources).items()))
        key: Hashable = part.urn if len(found) <= _EACH else (part.kind, types)
        alike.setdefault(key, []).append(part)
    return [_inside(stack, held) for held in alike.values()]


def _inside(stack: Stack, held: list[Part]) -> Inside:
    more = f", and {len(held) - 1} more alike" if len(held) > 1 else ""
    return Inside(
        title=f"{held[0].title}{more}",
        places=tuple(anchor(part.urn) for part in held),
        svg=Markup(picture.svg(stack, level="resources", focus=held[0].urn, styled=False)),  # noqa: S704 - ours
    )
