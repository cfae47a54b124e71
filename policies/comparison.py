"""What changes from one capture of a stack to another: the resources, and the properties of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.capture import UNKNOWN, Capture, Resource, leaves
from policies.replacement import replacing

_OPTIONS: Final = ("protect", "retain_on_delete", "ignore_changes")
_NOTHING: Final[tuple[object, ...]] = (None, {}, [], ())


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One resource that is not as it was."""

    urn: str
    type: str
    name: str
    properties: tuple[str, ...] = ()
    """Paths of the inputs that differ, sorted; empty for one that is new or gone."""
    because: tuple[str, ...] = ()
    """Those that replace it."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changes; each tuple is sorted by URN."""

    created: tuple[Change, ...] = ()
    deleted: tuple[Change, ...] = ()
    replaced: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    """In place."""

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.created or self.deleted or self.replaced or self.changed)


def compare(base: Capture, new: Capture) -> Comparison:
    """What makes `new` of `base`. Options count as well; where the code is does not.

    From one source to another, a value that one of them does not know is no change.
    """
    before, after = ({resource.urn: resource for resource in capture.resources} for capture in (base, new))
    same_source = base.source == new.source
    differing = [
        _changed(before[urn], after[urn], properties)
        for urn in sorted(before.keys() & after.keys())
        if (properties := tuple(sorted(_differences(before[urn], after[urn], unknown_counts=same_source))))
    ]
    return Comparison(
        created=tuple(_change(after[urn]) for urn in sorted(after.keys() - before.keys())),
        deleted=tuple(_change(before[urn]) for urn in sorted(before.keys() - after.keys())),
        replaced=tuple(change for change in differing if change.because),
        changed=tuple(change for change in differing if not change.because),
    )


def _change(resource: Resource) -> Change:
    return Change(urn=resource.urn, type=resource.type, name=resource.name)


def _changed(before: Resource, after: Resource, properties: tuple[str, ...]) -> Change:
    because = replacing(before, after)
    return Change(urn=after.urn, type=after.type, name=after.name, properties=properties, because=because)


def _differences(before: Resource, after: Resource, *, unknown_counts: bool) -> Iterator[str]:
    for option in _OPTIONS:
        if getattr(before, option) != getattr(after, option):
            yield option
    old, new = dict(leaves(before.inputs)), dict(leaves(after.inputs))
    unknown = [] if unknown_counts else [path for side in (old, new) for path in side if side[path] is UNKNOWN]
    for path in old.keys() | new.keys():
        if any(path == hidden or path.startswith((f"{hidden}.", f"{hidden}[")) for hidden in unknown):
            continue
        # Absent, null and empty are the same to every provider.
        if (old.get(path) in _NOTHING) != (new.get(path) in _NOTHING) or (
            old.get(path) not in _NOTHING and old[path] != new[path]
        ):
            yield path
