"""What all judges say of one stack, with waivers, cost, and what is different from before: all that a report shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policies.capture import Capture
from policies.comparison import Comparison
from policies.cost import CostChange, Estimate
from policies.model import Check, Finding, Severity, Status
from policies.waivers import Waiver


@dataclass(frozen=True, kw_only=True)
class Base:
    """What the stack was before, and what is different now."""

    name: str
    """What the user called it: a file, or a revision of git."""
    comparison: Comparison
    new: tuple[Finding, ...]
    """Violations that were not there."""
    fixed: tuple[Finding, ...]
    """Violations that are gone, as they were."""
    cost: CostChange | None = None


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Another stack of the same program, for comparison."""

    stack: str
    findings: tuple[Finding, ...]
    estimate: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One stack, judged."""

    stack: str
    commit: str
    """Revision of git, with "+" where files differ from it; "unknown" outside of a repository."""
    made: datetime
    """In UTC."""
    capture: Capture
    checks: Mapping[str, Check]
    """Every check of every judge by id."""
    findings: tuple[Finding, ...]
    """After waivers; the worst first."""
    waivers: tuple[Waiver, ...]
    """Those of this stack."""
    waiver_problems: tuple[str, ...]
    estimate: Estimate | None
    """None for a stack without GCP, which costs nothing."""
    threshold: Severity
    """The mildest severity that fails the report."""
    base: Base | None = None
    other: Beside | None = None
    notes: tuple[str, ...] = ()
    """What a reader has to know to weigh it, one sentence each."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Figures of the run, those of a judge with its name, e.g. {"resources": 243, "rules (rule)": 80}."""

    @property
    def failing(self) -> tuple[Finding, ...]:
        """Violations at the threshold or above."""
        return tuple(
            finding
            for finding in self.findings
            if finding.status is Status.VIOLATED and self.checks[finding.check].severity.rank >= self.threshold.rank
        )

    @property
    def passed(self) -> bool:
        """Whether nothing fails, and every waiver is in order."""
        return not self.failing and not self.waiver_problems

    def count(self, status: Status) -> int:
        """How many findings have a status."""
        return sum(finding.status is status for finding in self.findings)
