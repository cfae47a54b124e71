"""How pricing says what a resource uses: a price, a quantity of it, and how the quantity comes about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from policies.capture import Resource
from policies.cost.amounts import Amount
from policies.cost.view import View


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Something of which a resource causes a quantity."""

    sku: str
    """Key of the price."""
    quantity: Amount
    formula: str
    """How the quantity comes about, for a reader."""


Pricing: TypeAlias = Callable[[Resource, View], Iterator[Use]]
"""What a resource uses. Reads with `Resource.get`: what is not known yet ends it, and is reported."""


def number(value: float) -> str:
    """A number for a formula: "1,460" or "0.5"."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def spread(amount: Amount) -> str:
    """An amount for a formula: its expected value, with its ends where they differ."""
    if amount.least == amount.most:
        return number(amount.expected)
    return f"{number(amount.expected)} ({number(amount.least)} to {number(amount.most)})"
