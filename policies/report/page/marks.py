"""Words and signs of the page: never colour alone, and the same everywhere."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policies.controls import How
from policies.model import Check, Finding, Judge, Status, Worth
from policies.waivers import named


@dataclass(frozen=True)
class Mark:
    """How something stands."""

    key: str
    """Class of the style, and value of the filter."""
    sign: str
    word: str


MARKS: Final[Mapping[Status, Mark]] = {
    Status.VIOLATED: Mark("violated", "\u2715", "violated"),
    Status.WAIVED: Mark("waived", "\u25d0", "waived"),
    Status.NOT_EVALUATED: Mark("not-evaluated", "?", "not evaluated"),
    Status.COMPLIANT: Mark("compliant", "\u2713", "compliant"),
    Status.NOT_APPLICABLE: Mark("not-applicable", "\u2013", "not applicable"),
}
"""The worst first."""
MANUAL: Final = Mark("manual", "\u270e", "checked by hand")
PROVIDER: Final = Mark("provider", "\u2601", "the provider's")
OTHERS: Final[Mapping[How, Mark]] = {How.MANUAL: MANUAL, How.PROVIDER: PROVIDER}
JUDGES: Final[Mapping[Judge, str]] = {
    Judge.RULE: "Rules of this project, which also are the gate of `pulumi preview` and `up`",
    Judge.CHECKOV: "checkov, an independent second opinion",
    Judge.MANIFEST: "Kubernetes: schemas and Pod Security",
    Judge.COST: "Cost",
}
WORTHS: Final[Mapping[Worth, str]] = {
    Worth.VACUOUS: "says little: it also passes where what it asks for is not there",
    Worth.WRONG: "is wrong: it asks for what is not needed, or fails what is right",
    Worth.DEAD: "is dead: it can come to no result any more",
}


def worst(findings: Iterable[Finding]) -> Mark:
    """The mark of the worst of them; not applicable for none."""
    found = {finding.status for finding in findings}
    return next((mark for status, mark in MARKS.items() if status in found), MARKS[Status.NOT_APPLICABLE])


def place(text: str) -> str:
    """A text as the id of a place in the page."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-")


def where(finding: Finding) -> str:
    """File and line; empty for what has none."""
    return "" if not finding.file else f"{finding.file}:{finding.line}" if finding.line else finding.file


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A finding as a row shows it."""

    mark: Mark
    check: str
    title: str
    severity: str
    resource: str
    message: str
    fix: str
    where: str
    waiver: str


def shown(finding: Finding, checks: Mapping[str, Check]) -> Shown:
    """A finding with what its reader would look up."""
    check = checks.get(finding.check)
    return Shown(
        mark=MARKS[finding.status],
        check=finding.check,
        title=check.title if check else "",
        severity=check.severity.value if check else "",
        resource=named(finding.resource),
        message=finding.message,
        fix=check.fix if check and finding.status is Status.VIOLATED else "",
        where=where(finding),
        waiver=finding.waiver or "",
    )


def telling(findings: Iterable[Finding], checks: Mapping[str, Check]) -> list[Shown]:
    """Those a reader has to see one by one: violated, waived, not evaluated; the worst first."""
    order = list(MARKS)
    wanted = (Status.VIOLATED, Status.WAIVED, Status.NOT_EVALUATED)
    kept = [finding for finding in findings if finding.status in wanted]
    return [shown(one, checks) for one in sorted(kept, key=lambda one: order.index(one.status))]


def counted(findings: Iterable[Finding]) -> str:
    """How many there are of each status, e.g. "12 compliant, 1 waived"."""
    found = [finding.status for finding in findings]
    parts = [f"{found.count(status)} {mark.word}" for status, mark in MARKS.items() if status in found]
    return ", ".join(parts)
