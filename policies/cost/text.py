"""An estimate and a change as text for a terminal."""

from collections.abc import Iterator, Sequence

from policies.cost.amounts import Amount
from policies.cost.comparing import HALF_A_CENT, CostChange
from policies.cost.result import Estimate


def money(value: float) -> str:
    """Two places, e.g. "1,204.50"; never "-0.00"."""
    return f"{value if abs(value) >= HALF_A_CENT else 0.0:,.2f}"


def overview(estimate: Estimate) -> list[tuple[str, str, str, str]]:
    """Rows of name, least, expected and most: the components and their sum, in USD a month."""
    rows = [*estimate.components.items(), ("total", estimate.total)]
    return [(name, *_figures(amount)) for name, amount in rows]


def table(estimate: Estimate) -> str:
    """All of an estimate, as text."""
    return "\n".join([*_head(estimate), *_lines(estimate), *_services(estimate), *_rest(estimate)]) + "\n"


def change(found: CostChange) -> str:
    """A change as text."""
    rows = [
        (each.component, each.what, _or_none(each.before), _or_none(each.after), f"{each.difference:+,.2f}")
        for each in found.lines
    ]
    return "\n".join([found.sentence, *([""] if rows else []), *_aligned(rows, left=2)]) + "\n"


def _head(estimate: Estimate) -> Iterator[str]:
    where = f", {estimate.region}" if estimate.region else ""
    yield f"{estimate.stack}{where}: USD a month, list prices of {estimate.oldest} to {estimate.newest}, without taxes"
    if estimate.region is None:
        yield "Nothing in it is on Google Cloud; it costs nothing."
        return
    yield ""
    yield from _aligned([("component", "least", "expected", "most"), *overview(estimate)], left=1)
    yield ""
    if budget := estimate.budget:
        share = estimate.budget_share
        part = f"; the expected cost is {share * 100:.0f} % of it" if share is not None else ""
        yield f"Budget: {money(budget.amount)} {budget.currency}{part}."
    if estimate.trial.days is not None:
        limit = f"it ends after {estimate.trial.limit} days anyway"
        yield f"A new account's credit of {money(estimate.trial.credit)} lasts {estimate.trial.days:.0f} days; {limit}."


def _lines(estimate: Estimate) -> Iterator[str]:
    yield ""
    rows = [
        (line.component, line.what, money(line.monthly.expected), f"{line.unit_price:.6g} / {line.unit}", line.formula)
        for line in estimate.lines
    ]
    yield from _aligned(rows, left=2, last_left=2)


def _services(estimate: Estimate) -> Iterator[str]:
    if not estimate.services:
        return
    yield ""
    rows = [
        (name, money(cost.own.expected), money(cost.share.expected), money(cost.monthly.expected))
        for name, cost in estimate.services.items()
    ]
    shared = money(estimate.shared.expected)
    yield from _aligned(
        [("service", "its own", "of nodes", "together"), *rows, ("shared by all", "", "", shared)], left=1
    )


def _rest(estimate: Estimate) -> Iterator[str]:
    if estimate.unpriced:
        yield ""
        yield "Without a price:"
        yield from (f"  {each.resource}: {each.reason}" for each in estimate.unpriced)
    if estimate.assumptions:
        yield ""
        yield "Assumptions (policies/cost/usage.yaml; your own with --usage FILE):"
        rows = [(f"  {each.name}", f"{each.value:.10g}", each.unit, each.reason) for each in estimate.assumptions]
        yield from _aligned(rows, left=1, last_left=2)


def _figures(amount: Amount) -> tuple[str, str, str]:
    return money(amount.least), money(amount.expected), money(amount.most)


def _or_none(value: float | None) -> str:
    return "-" if value is None else money(value)


def _aligned(rows: Sequence[Sequence[str]], *, left: int, last_left: int = 0) -> Iterator[str]:
    """Rows in columns: the first `left` and the last `last_left` to the left, numbers between to the right."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < left or column >= len(row) - last_left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
