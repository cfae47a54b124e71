"""How an estimate differs from an earlier one, for who reviews a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.cost.amounts import NOTHING, Amount, total
from policies.cost.result import Estimate, Line

HALF_A_CENT: Final = 0.005
"""USD below which an amount is shown as none, and a change is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineChange:
    """A line that costs more or less than before, or was not there before, or is not any more."""

    component: str
    resource: str
    what: str
    before: float | None
    """USD a month, expected; None where there was no such line."""
    after: float | None
    """The same now; None where there is none any more."""

    @property
    def difference(self) -> float:
        """USD a month; above zero is more."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """The change between two estimates of a stack, in USD a month."""

    before: Amount
    after: Amount
    components: Mapping[str, tuple[float, float]]
    """Expected cost before and after, of each component in which it changed."""
    lines: tuple[LineChange, ...]
    """Those that changed by a cent or more, the largest change first."""

    @property
    def difference(self) -> float:
        """Of the expected cost; above zero is more."""
        return self.after.expected - self.before.expected

    @property
    def percent(self) -> float | None:
        """The difference in percent; None where nothing was paid for before."""
        return self.difference / self.before.expected * 100 if self.before.expected > 0 else None

    @property
    def sentence(self) -> str:
        """The change in words, e.g. "Monthly estimate rises by $48.92 (+40 %) to $171.22.\""""
        if abs(self.difference) < HALF_A_CENT:
            return f"Monthly estimate stays at ${self.after.expected:,.2f}."
        share = f" ({self.percent:+.0f} %)" if self.percent is not None else ""
        how = "rises" if self.difference > 0 else "falls"
        return f"Monthly estimate {how} by ${abs(self.difference):,.2f}{share} to ${self.after.expected:,.2f}."

    def to_json(self) -> dict[str, Any]:
        """The same, ready for `json.dumps`."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "difference": round(self.difference, 4),
            "percent": None if self.percent is None else round(self.percent, 2),
            "sentence": self.sentence,
            "components": {
                name: {"before": round(before, 4), "after": round(after, 4)}
                for name, (before, after) in self.components.items()
            },
            "lines": [
                {
                    "component": each.component, "resource": each.resource, "what": each.what, "before": each.before,
                    "after": each.after, "difference": round(each.difference, 4),
                }
                for each in self.lines
            ],
        }  # fmt: skip


def compare(base: Estimate, new: Estimate) -> CostChange:
    """What changed from one estimate to another of the same stack."""
    before, after = _by_key(base), _by_key(new)
    changes = [_change(before.get(key, []), after.get(key, [])) for key in dict.fromkeys([*before, *after])]
    names = dict.fromkeys([*base.components, *new.components])
    components = {
        name: (base.components.get(name, NOTHING).expected, new.components.get(name, NOTHING).expected)
        for name in names
    }
    return CostChange(
        before=base.total,
        after=new.total,
        components={name: (old, now) for name, (old, now) in components.items() if abs(now - old) >= HALF_A_CENT},
        lines=tuple(
            sorted(
                (each for each in changes if abs(each.difference) >= HALF_A_CENT),
                key=lambda each: (-abs(each.difference), each.resource, each.what),
            )
        ),
    )


def _by_key(estimate: Estimate) -> dict[tuple[str, str], list[Line]]:
    """Lines by what they are of: one resource may use the same thing twice."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in estimate.lines:
        found.setdefault(line.key, []).append(line)
    return found


def _change(before: list[Line], after: list[Line]) -> LineChange:
    line = [*after, *before][0]
    return LineChange(
        component=line.component,
        resource=line.resource,
        what=line.what,
        before=total([each.monthly for each in before]).expected if before else None,
        after=total([each.monthly for each in after]).expected if after else None,
    )
