"""What a stack costs a month: from the capture, a dated table of prices and assumptions in the open, offline."""

from policies.cost.comparing import CostChange, LineChange, compare
from policies.cost.estimating import estimate
from policies.cost.judging import verdicts
from policies.cost.result import Estimate, Line
from policies.cost.tables import CostError

__all__ = ["CostChange", "CostError", "Estimate", "Line", "LineChange", "compare", "estimate", "verdicts"]
