"""What an estimate is: plain data, in USD a month.

Lines of what is paid for and, as lines of their own below zero, of what is free; what has no price; what costs nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from policies.cost.amounts import Amount

STACK: Final = "stack"
"""Component of what is part of none."""
FREE: Final = "free tier"
"""Component of the lines below zero."""


_PLAIN: Final = ("component", "resource", "service", "sku", "what", "unit", "unit_price", "formula", "as_of", "page")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that is paid for, or, below zero, that is not."""

    component: str
    """Name of the outermost component, e.g. "cluster"; `FREE` for what is below zero."""
    resource: str
    """URN of the resource that causes it; empty for what is below zero."""
    service: str | None
    """Service it belongs to as a whole; None for what several share."""
    sku: str
    """Key of the price: of prices.yaml, or `machine:<type>` and `machine:<type>:spot`."""
    what: str
    """The same for a reader, e.g. "Disk pd-ssd"."""
    quantity: Amount
    unit: str
    """Unit of the quantity and of the price, e.g. "GiB month"."""
    unit_price: float
    """USD for one unit."""
    monthly: Amount
    """USD a month."""
    formula: str
    """How the quantity comes about, e.g. "2 nodes x 50 GB"."""
    as_of: str
    """Date of the price, e.g. "2026-07-30"."""
    page: str
    """Google's page of the price."""

    @property
    def key(self) -> tuple[str, str]:
        """What the line is of, the same from run to run."""
        return self.resource, self.sku


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpriced:
    """Something that may cost, and what is missing to tell how much."""

    resource: str
    type: str
    component: str
    reason: str
    """A sentence."""
    unknown: bool
    """True where a value, or the price in this region, is not known; False where nothing tells what the type costs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Free:
    """Resources of a type that costs nothing."""

    type: str
    count: int
    reason: str
    """Why, one sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCost:
    """What one service costs."""

    own: Amount
    """Lines that are its alone."""
    share: Amount
    """Its part of the nodes it runs on, by what its pods request."""

    @property
    def monthly(self) -> Amount:
        """Both."""
        return self.own + self.share


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """The stack's budget."""

    resource: str
    """URN."""
    amount: float
    """Money a month."""
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """The credit that a new billing account gets once."""

    credit: float
    """USD."""
    limit: int
    """Days after which what is left of it is lost."""
    days: float | None
    """Days that the credit pays for the expected cost, and for nothing else; None where nothing is paid for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """One figure that nobody knows beforehand."""

    name: str
    value: float
    unit: str
    reason: str
    given: bool
    """Whether it is the reader's own."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a stack costs a month, in USD, without taxes."""

    stack: str
    region: str | None
    """Region of what names none; None for a stack without GCP."""
    oldest: str
    """Date of the oldest price that is used, e.g. "2025-03-17"."""
    newest: str
    """Date of the newest one."""
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    free: tuple[Free, ...]
    components: Mapping[str, Amount]
    """Sum of the lines of each component; their sum is `total`."""
    services: Mapping[str, ServiceCost]
    """Part of `total` that is one service's; what is left is shared by all."""
    total: Amount
    budget: Budget | None
    trial: Trial
    assumptions: tuple[Assumption, ...]
    """Those that a line was made with."""

    @property
    def budget_share(self) -> float | None:
        """The expected cost by the budget; None without one in USD, as another currency's rate is not ours to know."""
        budget = self.budget
        usable = budget is not None and budget.currency == "USD" and budget.amount
        return self.total.expected / budget.amount if budget is not None and usable else None

    @property
    def shared(self) -> Amount:
        """What is no single service's."""
        left = self.total
        for cost in self.services.values():
            left = left - cost.monthly
        return left

    def to_json(self) -> dict[str, Any]:
        """The same, ready for `json.dumps`."""
        return {
            "stack": self.stack,
            "region": self.region,
            "currency": "USD",
            "prices": {"oldest": self.oldest, "newest": self.newest},
            "total": self.total.to_json(),
            "components": {name: amount.to_json() for name, amount in self.components.items()},
            "services": {
                name: {"own": cost.own.to_json(), "share": cost.share.to_json(), "monthly": cost.monthly.to_json()}
                for name, cost in self.services.items()
            },
            "shared": self.shared.to_json(),
            "budget": asdict(self.budget) if self.budget else None,
            "trial": asdict(self.trial),
            "lines": [
                {
                    **{key: getattr(line, key) for key in _PLAIN},
                    "quantity": line.quantity.to_json(),
                    "monthly": line.monthly.to_json(),
                }
                for line in self.lines
            ],
            "unpriced": [asdict(each) for each in self.unpriced],
            "free": [asdict(each) for each in self.free],
            "assumptions": [asdict(each) for each in self.assumptions],
        }
