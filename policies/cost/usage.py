"""The assumptions of usage.yaml for one stack, and a reader's own in their place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from policies.cost.result import Assumption
from policies.cost.tables import CostError, read


class Usage:
    """Figures by name; remembers which were asked for, so that a report shows those that matter."""

    def __init__(self, assumptions: Mapping[str, Assumption]) -> None:
        self._assumptions = assumptions
        self._used: set[str] = set()

    def __getitem__(self, name: str) -> float:
        """The value of an assumption."""
        self._used.add(name)
        return self._assumptions[name].value

    @property
    def used(self) -> tuple[Assumption, ...]:
        """Those that were asked for, in the order of usage.yaml."""
        return tuple(each for name, each in self._assumptions.items() if name in self._used)


def load(stack: str, own: Mapping[str, Any] | None = None) -> Usage:
    """The assumptions for a stack.

    Args:
        stack: Its name.
        own: Values that take the place of those of usage.yaml, by name, e.g. {"requests": 20000000}.

    Raises:
        CostError: `own` has a name that usage.yaml has not, or a value that is no number from 0.
    """
    own = own or {}
    known = read("usage")["assumptions"]
    for name, value in own.items():
        if name not in known:
            msg = f"{name!r} is no assumption; one of {', '.join(known)} is required (policies/cost/usage.yaml)."
            raise CostError(msg)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            msg = f"The assumption {name} is {value!r}; a number of {known[name]['unit']} from 0 is required."
            raise CostError(msg)
    return Usage({
        name: Assumption(
            name=name,
            value=float(own.get(name, entry.get("stacks", {}).get(stack, entry["value"]))),
            unit=entry["unit"],
            reason="Given by the reader." if name in own else entry["reason"],
            given=name in own,
        )
        for name, entry in known.items()
    })  # fmt: skip


def from_file(file: Path) -> dict[str, Any]:
    """A reader's own values, from a YAML file of names and numbers.

    Raises:
        CostError: It can't be read, or is no mapping.
    """
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0]
        msg = f"{file} can't be read as YAML ({why}); lines such as `requests: 20000000` are required."
        raise CostError(msg) from None
    if not isinstance(found, dict):
        msg = f"{file} is no mapping of names and numbers; lines such as `requests: 20000000` are required."
        raise CostError(msg)
    return found
