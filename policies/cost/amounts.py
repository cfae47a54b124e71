"""An amount that is not one number: what it is at least, what is expected, what it can become."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Amount:
    """Three figures of the same unit; `least` and `most` are the ends of what is scaled automatically."""

    least: float
    expected: float
    most: float

    @classmethod
    def of(cls, value: float) -> Self:
        """What is known and does not scale."""
        return cls(value, value, value)

    @classmethod
    def between(cls, least: float, most: float, position: float) -> Self:
        """A range, and where in it the expected value is: 0 at its least, 1 at its most."""
        return cls(least, least + position * (most - least), most)

    def __add__(self, other: "Amount") -> "Amount":
        """Each figure with its counterpart."""
        return Amount(self.least + other.least, self.expected + other.expected, self.most + other.most)

    def __sub__(self, other: "Amount") -> "Amount":
        """Each figure less its counterpart."""
        return Amount(self.least - other.least, self.expected - other.expected, self.most - other.most)

    def __mul__(self, factor: float) -> "Amount":
        """Each figure by a number."""
        return Amount(self.least * factor, self.expected * factor, self.most * factor)

    def times(self, other: "Amount") -> "Amount":
        """Each figure by its counterpart."""
        return Amount(self.least * other.least, self.expected * other.expected, self.most * other.most)

    def capped(self, most: float) -> "Amount":
        """Each figure, but no more than this."""
        return Amount(min(self.least, most), min(self.expected, most), min(self.most, most))

    def to_json(self) -> dict[str, float]:
        """The three figures, to the hundredth of a cent."""
        return {"least": round(self.least, 4), "expected": round(self.expected, 4), "most": round(self.most, 4)}


NOTHING = Amount(0.0, 0.0, 0.0)


def total(amounts: "list[Amount] | tuple[Amount, ...]") -> Amount:
    """Their sum; nothing of none."""
    return sum(amounts, NOTHING)
