"""The published lists of controls that checks answer to, each control with how the project deals with it.

A control has the number of its publisher and a title in our words. None is left out because nothing checks it: it then
says who sees to it, or how a person checks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDER: Final = Path(__file__).parent


class ControlError(Exception):
    """A catalogue is not in order, or there is no such control; the message is a sentence."""


class How(StrEnum):
    """How the project deals with a control."""

    JUDGED = "judged"
    """At least one check names it."""
    PROVIDER = "provider"
    """Google sees to it; nothing of it is in the stack."""
    MANUAL = "manual"
    """A person checks it."""
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One requirement of a catalogue."""

    id: str
    """`<catalogue>:<number>`, e.g. "cis-gke:5.6.5"."""
    number: str
    """Number in the catalogue, e.g. "5.6.5"."""
    section: str
    """Title of the section it is in."""
    title: str
    """What is required, in our words."""
    how: How
    explanation: str = ""
    """Who sees to it, how to check it, or why it does not apply; may be empty where it is judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """A published list of controls."""

    id: str
    title: str
    version: str
    source: str
    """Address of the publisher's page."""
    note: str
    """What of it is listed here, and what is not."""
    controls: tuple[Control, ...]
    """In the order of the publisher's numbers."""

    def of(self, how: How) -> list[Control]:
        """The controls that are dealt with in one way."""
        return [control for control in self.controls if control.how is how]


@cache
def catalogues() -> tuple[Catalogue, ...]:
    """All catalogues, by id.

    Raises:
        ControlError: A file of them is not in order.
    """
    return tuple(
        catalogue(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
        for file in sorted(_FOLDER.glob("*.yaml"))
    )


def control(id_: str) -> Control:
    """The control with an id, e.g. "cis-gke:5.6.5".

    Raises:
        ControlError: There is none.
    """
    found = _by_id().get(id_)
    if found is None:
        msg = f"There is no control `{id_}` in policies/controls. Name one that is there, or add it to its catalogue."
        raise ControlError(msg)
    return found


@cache
def _by_id() -> Mapping[str, Control]:
    return {control.id: control for catalogue in catalogues() for control in catalogue.controls}


def catalogue(document: Mapping[str, Any], where: str) -> Catalogue:
    """The catalogue in a document.

    Raises:
        ControlError: A control is of no section, is there twice, or does not say how it is dealt with.
    """
    sections: Mapping[str, str] = document["sections"]
    controls = [_control(entry, document["id"], sections, where) for entry in document["controls"]]
    seen: set[str] = set()
    for one in controls:
        if one.id in seen:
            msg = f"{where} has {one.number} twice. Leave one."
            raise ControlError(msg)
        seen.add(one.id)
    return Catalogue(
        id=document["id"],
        title=document["title"],
        version=str(document["version"]),
        source=document["source"],
        note=" ".join(document.get("note", "").split()),
        controls=tuple(controls),
    )


def _control(entry: Mapping[str, Any], id_: str, sections: Mapping[str, str], where: str) -> Control:
    number = str(entry["number"])
    named = [key for key in sections if number == key or number.startswith(f"{key}.")]
    section = sections.get(entry.get("section", named[0] if named else ""))
    if section is None:
        msg = f"{where}: {number} is in none of the sections {', '.join(sections)}. Give it one of them as `section`."
        raise ControlError(msg)
    try:
        how = How(entry["how"])
    except ValueError:
        msg = f"{where}: `how` of {number} is {entry['how']!r}. Give it one of {', '.join(How)}."
        raise ControlError(msg) from None
    explanation = " ".join(entry.get("why", "").split())
    if how is not How.JUDGED and not explanation:
        msg = f"{where}: {number} is {how} and does not say why. Give it `why`, a sentence."
        raise ControlError(msg)
    return Control(
        id=f"{id_}:{number}", number=number, section=section, title=entry["title"], how=how, explanation=explanation
    )
