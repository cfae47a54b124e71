"""How each control of the catalogues stands: what the checks that answer to it found, or who sees to it instead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.controls import Catalogue, Control, How, catalogues
from policies.model import Check, Finding, Status

_WORST_FIRST = (Status.VIOLATED, Status.WAIVED, Status.NOT_EVALUATED, Status.COMPLIANT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One control, and how the stack stands to it."""

    control: Control
    status: Status
    checks: tuple[Check, ...]
    """Those that answer to it."""
    findings: tuple[Finding, ...]
    """Theirs."""

    @property
    def explanation(self) -> str:
        """Why it stands so, where no finding says it."""
        return self.control.explanation


def standings(checks: Mapping[str, Check], findings: Iterable[Finding]) -> Iterator[tuple[Catalogue, list[Standing]]]:
    """Every control of every catalogue, in the order of its publisher; none is ever left out."""
    by_check: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_check[finding.check].append(finding)
    answering: dict[str, list[Check]] = defaultdict(list)
    for check in checks.values():
        for control in check.controls:
            answering[control].append(check)
    for catalogue in catalogues():
        yield (
            catalogue,
            [
                _standing(control, answering[control.id], [f for c in answering[control.id] for f in by_check[c.id]])
                for control in catalogue.controls
            ],
        )


def _standing(control: Control, checks: Sequence[Check], findings: Sequence[Finding]) -> Standing:
    return Standing(
        control=control,
        status=_status(control, {finding.status for finding in findings}),
        checks=tuple(checks),
        findings=tuple(findings),
    )


def _status(control: Control, found: set[Status]) -> Status:
    """The worst that was found; without findings, a control that a person checks is not evaluated."""
    if control.how in {How.PROVIDER, How.NOT_APPLICABLE} and Status.VIOLATED not in found:
        return Status.NOT_APPLICABLE
    for status in _WORST_FIRST:
        if status in found:
            return status
    return Status.NOT_APPLICABLE if found else Status.NOT_EVALUATED
