"""What each check of checkov is worth: checkov says neither how bad a violation is, nor why, nor what to do.

An entry of the files here has, by the check's id:

| key | what |
|---|---|
| title, severity, reason, fix, controls | as of every check (policies/model.py) |
| worth | what a pass says: `sound` (the default), `vacuous`, `wrong`, `dead` |
| note | why it is not sound |
| instead | the project's own rules that ask for the same and mean it |
| silent | why it says nothing of some resources that it is asked about |
| reads | Terraform's paths of what decides, where checkov does not tell |
| presence | true: it asks whether there is a value, which one that is not known yet can answer |
| asks | Terraform's types of a check of connected resources, whose kinds checkov does not list |
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import digits
from typing import Any, Final

import yaml

from policies.model import Check, Judge, Severity, Worth
from policies.second_opinion.errors import OpinionError

_FOLDER: Final = Path(__file__).parent
_FILES: Final = ("google.yaml", "kubernetes.yaml", "files.yaml")
_DROPPED: Final = "dropped.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One check of checkov."""

    check: Check
    note: str = ""
    instead: tuple[str, ...] = ()
    silent: str = ""
    reads: tuple[str, ...] = ()
    presence: bool = False
    asks: tuple[str, ...] = ()

    @property
    def why_not(self) -> str:
        """Why its word is not taken, and whose is; for a check that is not sound."""
        rules = " and ".join(f"`{rule}`" for rule in self.instead)
        return f"{self.note} {f'Asked by {rules} instead.' if rules else ''}".strip()


@cache
def entries() -> Mapping[str, Entry]:
    """All checks that are reported, by id, in the order of the files.

    Raises:
        OpinionError: One that is not sound does not say why.
    """
    found: dict[str, Entry] = {}
    for file in _FILES:
        for id_, given in _read(file).items():
            found[id_] = _entry(id_, given, file)
    return found


@cache
def dropped() -> Mapping[str, str]:
    """Ids of the checks that are not reported, each with the reason."""
    return {id_: _line(group["reason"]) for group in _read(_DROPPED) for id_ in _ids(group["checks"])}


def _entry(id_: str, given: Mapping[str, Any], file: str) -> Entry:
    worth = Worth(given.get("worth", Worth.SOUND))
    note = _line(given.get("note", ""))
    if (worth is Worth.SOUND) is bool(note):
        has = "has a" if note else "has no"
        msg = f"catalogue/{file}: {id_} is {worth} and {has} `note`. Say why, of all that are not sound and no others."
        raise OpinionError(msg)
    return Entry(
        check=Check(
            id=id_,
            judge=Judge.CHECKOV,
            title=given["title"],
            severity=Severity(given["severity"]),
            reason=_line(given["reason"]),
            fix=_line(given["fix"]),
            controls=tuple(given.get("controls", ())),
            worth=worth,
        ),
        note=note,
        instead=tuple(given.get("instead", ())),
        silent=_line(given.get("silent", "")),
        reads=tuple(given.get("reads", ())),
        presence=given.get("presence", False),
        asks=tuple(given.get("asks", ())),
    )


def _ids(ranges: Sequence[str]) -> Iterator[str]:
    for text in ranges:
        first, _, last = text.partition("-")
        stem, start = first.rstrip(digits), first[len(first.rstrip(digits)) :]
        end = last.rpartition("_")[2] or start
        yield from (f"{stem}{number}" for number in range(int(start), int(end) + 1))


def _read(file: str) -> Any:
    return yaml.load((_FOLDER / file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _line(text: str) -> str:
    return " ".join(text.split())
