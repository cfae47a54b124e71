"""`python -m policies.cost.page`: writes the figures of the committed stacks into docs/cost.md, which a test holds."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.settings import ROOT
from policies.cost.estimating import estimate
from policies.cost.result import FREE, Estimate
from policies.cost.tables import CostError
from policies.cost.text import money
from policies.sources import program

PAGE: Final = ROOT / "docs" / "cost.md"
STACKS: Final = ("dev", "prod")
_BEGIN: Final = "<!-- figures: python -m policies.cost.page -->\n"
_END: Final = "<!-- end of figures -->\n"


def figures(estimates: Sequence[Estimate]) -> str:
    """The table of the page: a row for each component, and the sums."""
    names = dict.fromkeys([*(name for each in estimates for name in each.components if name != FREE), FREE])
    rows = [
        ("component", *(each.stack for each in estimates)),
        ("---", *("---:" for _ in estimates)),
        *(
            (name, *(money(each.components[name].expected) if name in each.components else "-" for each in estimates))
            for name in names
        ),
        ("**expected**", *(f"**{money(each.total.expected)}**" for each in estimates)),
        ("at the least number of nodes and pods", *(money(each.total.least) for each in estimates)),
        ("at the most", *(money(each.total.most) for each in estimates)),
        ("the budget", *(money(each.budget.amount) if each.budget else "-" for each in estimates)),
        ("days a credit of 300 lasts", *(f"{each.trial.days:.0f}" if each.trial.days else "-" for each in estimates)),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def current(page: str, estimates: Sequence[Estimate]) -> str:
    """The page with the figures of today.

    Raises:
        CostError: The page has no place for them.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        msg = f"docs/cost.md has no lines {_BEGIN.strip()!r} and {_END.strip()!r}; the figures belong between them."
        raise CostError(msg)
    return f"{before}{begin}{figures(estimates)}{end}{after}"


def write(file: Path = PAGE) -> None:
    """Write today's figures into the page."""
    estimates = [estimate(program.capture(stack)) for stack in STACKS]
    file.write_text(current(file.read_text(encoding="utf-8"), estimates), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is current.\n")
