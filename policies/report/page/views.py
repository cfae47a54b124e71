"""The same findings from three sides: by control, by resource, by check. Nothing is left out on any of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from policies.capture import Resource
from policies.controls import Catalogue
from policies.model import STACK, Check, Finding, Judge, Status
from policies.picture.inside import short
from policies.picture.parts import titled
from policies.report.assessment import Assessment
from policies.report.page.marks import JUDGES, MARKS, OTHERS, WORTHS, Mark, Shown, counted, telling, worst
from policies.report.standing import Standing, standings


@dataclass(frozen=True, kw_only=True)
class ControlRow:
    """One control."""

    id: str
    number: str
    title: str
    mark: Mark
    explanation: str
    checks: tuple[str, ...]
    counts: str
    telling: Sequence[Shown]


@dataclass(frozen=True, kw_only=True)
class CatalogueView:
    """One catalogue, section by section."""

    catalogue: Catalogue
    counts: Sequence[tuple[Mark, int]]
    sections: Sequence[tuple[str, Sequence[ControlRow]]]


def by_control(assessment: Assessment) -> list[CatalogueView]:
    """Every control of every catalogue; those of GKE first."""
    found = sorted(standings(assessment.checks, assessment.findings), key=lambda pair: pair[0].id != "cis-gke")
    return [_catalogue(catalogue, standing, assessment.checks) for catalogue, standing in found]


def _catalogue(catalogue: Catalogue, found: list[Standing], checks: Mapping[str, Check]) -> CatalogueView:
    rows = [(standing.control.section, _control(standing, checks)) for standing in found]
    marks = [row.mark for _, row in rows]
    return CatalogueView(
        catalogue=catalogue,
        counts=[(mark, marks.count(mark)) for mark in (*MARKS.values(), *OTHERS.values()) if mark in marks],
        sections=[
            (_numbered(section, held), held)
            for section, pairs in groupby(rows, key=lambda pair: pair[0])
            for held in [[row for _, row in pairs]]
        ],
    )


def _numbered(section: str, rows: Sequence[ControlRow]) -> str:
    """A section with the number that all of its controls begin with, if they do."""
    begins = {row.number.rpartition(".")[0] for row in rows}
    number = begins.pop() if len(begins) == 1 else ""
    return f"{number} {section}".strip()


def _control(standing: Standing, checks: Mapping[str, Check]) -> ControlRow:
    control = standing.control
    wrong = any(finding.status in (Status.VIOLATED, Status.WAIVED) for finding in standing.findings)
    return ControlRow(
        id=control.id,
        number=control.number,
        title=control.title,
        mark=MARKS[standing.status] if wrong else OTHERS.get(control.how, MARKS[standing.status]),
        explanation=standing.explanation,
        checks=tuple(check.id for check in standing.checks),
        counts=counted(standing.findings),
        telling=telling(standing.findings, checks),
    )


@dataclass(frozen=True, kw_only=True)
class ResourceRow:
    """One resource, a file, or the stack as a whole."""

    name: str
    type: str
    where: str
    mark: Mark
    telling: Sequence[Shown]
    holds: Sequence[str]
    """Ids of the checks it complies with."""
    others: int
    """How many checks ask nothing of it."""


@dataclass(frozen=True, kw_only=True)
class ResourceGroup:
    """A component with its resources."""

    title: str
    mark: Mark
    counts: str
    rows: Sequence[ResourceRow]


def by_resource(assessment: Assessment) -> list[ResourceGroup]:
    """Every resource, by component in the program's order, after what concerns the whole stack and its files."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        found[finding.resource].append(finding)
    resources = {one.urn: one for one in assessment.capture.resources}
    groups: dict[str, list[tuple[ResourceRow, list[Finding]]]] = defaultdict(list)
    for name in sorted(found.keys() - resources.keys(), key=lambda name: (name != STACK, name)):
        title = "The stack as a whole" if name == STACK else "Files of the repository"
        groups[title].append((_row(name, None, found[name], assessment.checks), found[name]))
    for urn, resource in resources.items():
        if resource.custom or urn in found:
            title = _component(resource, resources)
            groups[title].append((_row(resource.name, resource, found[urn], assessment.checks), found[urn]))
    return [_group(title, held) for title, held in groups.items()]


def _component(resource: Resource, resources: Mapping[str, Resource]) -> str:
    top = resource
    while top.parent is not None and top.parent in resources:
        top = resources[top.parent]
    return "Without a component" if top.custom else titled(top.type.rpartition(":")[2], top.name)


def _row(name: str, resource: Resource | None, found: list[Finding], checks: Mapping[str, Check]) -> ResourceRow:
    place = f"{resource.file}:{resource.line}" if resource is not None and resource.file else ""
    return ResourceRow(
        name=name,
        type=short(resource.type) if resource is not None else "",
        where=place,
        mark=worst(found),
        telling=telling(found, checks),
        holds=sorted({finding.check for finding in found if finding.status is Status.COMPLIANT}),
        others=sum(finding.status is Status.NOT_APPLICABLE for finding in found),
    )


def _group(title: str, held: list[tuple[ResourceRow, list[Finding]]]) -> ResourceGroup:
    everything = [finding for _, found in held for finding in found]
    return ResourceGroup(
        title=title, mark=worst(everything), counts=counted(everything), rows=[row for row, _ in held]
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """One check."""

    check: Check
    mark: Mark
    counts: str
    telling: Sequence[Shown]
    worth: str
    """What is wrong with its passes; empty where nothing is."""


def by_check(assessment: Assessment) -> list[tuple[Judge, str, Sequence[CheckRow]]]:
    """Every check, by who asks it; what is violated first."""
    return [(judge, title, rows) for judge, title in JUDGES.items() if (rows := [*_checks(assessment, judge)])]


def _checks(assessment: Assessment, judge: Judge) -> Iterator[CheckRow]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        found[finding.check].append(finding)
    order = list(MARKS.values())
    rows = [
        CheckRow(
            check=check,
            mark=worst(found[check.id]),
            counts=counted(found[check.id]) or "asked of nothing here",
            telling=telling(found[check.id], assessment.checks),
            worth=WORTHS.get(check.worth, ""),
        )
        for check in assessment.checks.values()
        if check.judge is judge
    ]
    yield from sorted(rows, key=lambda row: (order.index(row.mark), -row.check.severity.rank, row.check.id))
