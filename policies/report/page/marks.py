"""Words and signs of the page: never colour alone, and the same everywhere."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

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
    Judge.RULE: "Rules of this project, the gate of each preview and update",
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
class Item:
    """One resource that a finding is of."""

    resource: str
    where: str
    message: str
    """Empty where the finding says the same of all."""
    waiver: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Findings of one check that stand alike, as the page shows them."""

    mark: Mark
    check: str
    title: str
    severity: str
    message: str
    """What is said of all of them; empty where it differs."""
    fix: str
    items: Sequence[Item]


_TELLING: Final = (Status.VIOLATED, Status.WAIVED, Status.NOT_EVALUATED)


def telling(findings: Iterable[Finding], checks: Mapping[str, Check]) -> list[Shown]:
    """Those a reader has to see one by one: violated, waived, not evaluated; the worst first, by check."""
    alike: dict[tuple[Status, str], list[Finding]] = {}
    for finding in findings:
        if finding.status in _TELLING:
            alike.setdefault((finding.status, finding.check), []).append(finding)
    shown = [_shown(held, checks[check]) for (_, check), held in alike.items()]
    order = list(MARKS.values())
    return sorted(shown, key=lambda one: (order.index(one.mark), -checks[one.check].severity.rank))


def _shown(held: Sequence[Finding], check: Check) -> Shown:
    same = len({finding.message for finding in held}) == 1
    return Shown(
        mark=MARKS[held[0].status],
        check=check.id,
        title=check.title,
        severity=check.severity.value,
        message=held[0].message if same else "",
        fix=check.fix if held[0].status is Status.VIOLATED else "",
        items=[
            Item(
                resource=named(finding.resource),
                where=where(finding),
                message="" if same else finding.message,
                waiver=finding.waiver or "",
            )
            for finding in held
        ],
    )


def code(text: str) -> Markup:
    """A text with what is between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))


def counted(findings: Iterable[Finding]) -> str:
    """How many there are of each status, e.g. "12 compliant, 1 waived"."""
    found = [finding.status for finding in findings]
    parts = [f"{found.count(status)} {mark.word}" for status, mark in MARKS.items() if status in found]
    return ", ".join(parts)
