"""What a month costs, as the page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from policies.capture import name_of
from policies.cost import Estimate, Line
from policies.cost.amounts import Amount


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One part of the cost."""

    name: str
    amount: Amount
    share: float
    """Of the largest part, in percent."""


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """One line of the estimate."""

    what: str
    resource: str
    formula: str
    quantity: str
    price: str
    amount: Amount


@dataclass(frozen=True, kw_only=True)
class Cost:
    """All of it."""

    estimate: Estimate
    components: Sequence[Bar]
    services: Sequence[Bar]
    lines: Sequence[tuple[str, Sequence[LineRow]]]
    """Of each component."""
    budget_share: float | None
    """Of the budget, in percent."""


def shown(estimate: Estimate) -> Cost:
    """The dearest first."""
    budget = estimate.budget
    return Cost(
        estimate=estimate,
        components=_bars(dict(estimate.components)),
        services=_bars({**{name: one.monthly for name, one in estimate.services.items()}, "shared": estimate.shared}),
        lines=_lines(estimate),
        budget_share=100 * estimate.total.expected / budget.amount if budget and budget.amount else None,
    )


def _bars(amounts: dict[str, Amount]) -> list[Bar]:
    most = max((amount.expected for amount in amounts.values()), default=0) or 1
    rows = sorted(amounts.items(), key=lambda pair: -pair[1].expected)
    return [
        Bar(name=name, amount=amount, share=max(0.0, round(100 * amount.expected / most, 1))) for name, amount in rows
    ]


def _lines(estimate: Estimate) -> list[tuple[str, Sequence[LineRow]]]:
    order = list(estimate.components)
    rows = sorted(estimate.lines, key=lambda line: (order.index(line.component), -line.monthly.expected))
    return [(name, [_line(line) for line in held]) for name, held in groupby(rows, key=lambda line: line.component)]


def _line(line: Line) -> LineRow:
    return LineRow(
        what=line.what,
        resource=name_of(line.resource) if line.resource else "",
        formula=line.formula,
        quantity=f"{line.quantity.expected:,.6g} {line.unit}",
        price=f"${line.unit_price:.6g}",
        amount=line.monthly,
    )
