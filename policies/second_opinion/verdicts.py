"""checkov's answer as verdicts: each result with what the catalogue says it is worth, of the program's own line.

A check that the catalogue does not know fails the run, as does what `completeness.py` looks for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policies.capture import UNKNOWN, Resource, leaves
from policies.model import STACK, Finding, Status, Verdicts, Worth
from policies.second_opinion import catalogue
from policies.second_opinion.catalogue import Entry
from policies.second_opinion.completeness import Given, all_judged, none_skipped
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.plan import Planned

_PASSED: Final = "PASSED"
_SECRET: Final = "CKV_SECRET_"  # noqa: S105 - the first letters of ids


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """One check of one thing; `passed` is None where checkov came to no result."""

    check: str
    passed: bool | None
    resource: str
    keys: tuple[str, ...] = ()
    planned: Planned | None = None
    file: str | None = None
    line: int | None = None


def verdicts(answer: Mapping[str, Any], given: Given) -> Verdicts:
    """What an answer of `runner.py` says.

    Raises:
        OpinionError: Something was not judged, or is not known.
    """
    judged = all_judged(answer, given)
    none_skipped(answer)
    results = [
        *_google(answer["terraform_plan"], given),
        *_kubernetes(answer["kubernetes"], given),
        *_files(answer, given),
    ]
    results += _no_secrets(results)
    entries = catalogue.entries()
    if unknown := sorted({result.check for result in results} - entries.keys()):
        msg = (
            f"checkov fires {', '.join(unknown)}, of which policies/second_opinion/catalogue says nothing, so nobody"
            " could tell how bad a violation is. Add an entry for each, or name it in dropped.yaml with the reason."
        )
        raise OpinionError(msg)
    by_urn = {resource.urn: resource for resource in given.capture.resources}
    findings = _merged(_finding(entries[result.check], result, by_urn.get(result.resource)) for result in results)
    findings += _not_asked(entries, {finding.check for finding in findings})
    return Verdicts(
        checks=tuple(entry.check for entry in entries.values()),
        findings=tuple(sorted(findings, key=lambda finding: (finding.check, finding.resource))),
        notes=tuple(_notes()),
        facts={
            "judged": judged,
            "files looked through for secrets": len(given.files.paths),
            "results": len(results),
            **{str(status): count for status, count in Counter(finding.status for finding in findings).items()},
        },
    )


def _notes() -> Iterator[str]:
    yield "checkov judges a Terraform plan of the stack, which is our translation of what the program asks for."
    for reason in dict.fromkeys(catalogue.dropped().values()):
        count = sum(why == reason for why in catalogue.dropped().values())
        yield f"{count} {'check of checkov is' if count == 1 else 'checks of checkov are'} left out. {reason}"


# Results


def _google(part: Mapping[str, Any], given: Given) -> Iterator[_Result]:
    seen: set[tuple[str, str]] = set()
    for result in part["results"]:
        planned = given.plan.planned[result["resource"]]
        seen.add((result["check"], planned.address))
        yield _of_resource(result["check"], planned.resource, result=result, planned=planned)
    entries = catalogue.entries()
    for planned in given.plan.planned.values():
        asked = [
            *part["asks"].get(planned.type, ()),
            *(id_ for id_, entry in entries.items() if planned.type in entry.asks),
        ]
        for check in asked:
            if (check, planned.address) not in seen:
                yield _of_resource(check, planned.resource, planned=planned)


def _kubernetes(part: Mapping[str, Any], given: Given) -> Iterator[_Result]:
    seen: set[tuple[str, str]] = set()
    for result in part["results"]:
        file = Path(result["file"]).name
        seen.add((result["check"], file))
        yield _of_resource(result["check"], given.objects[file].resource, result=result)
    for file, one in given.objects.items():
        for check in part["asks"].get(one.manifest.get("kind"), ()):
            if (check, file) not in seen:
                yield _of_resource(check, one.resource)


def _of_resource(
    check: str, resource: Resource, *, result: Mapping[str, Any] | None = None, planned: Planned | None = None
) -> _Result:
    return _Result(
        check=check,
        passed=None if result is None else result["result"] == _PASSED,
        resource=resource.urn,
        keys=() if result is None else tuple(result["keys"]),
        planned=planned,
        file=resource.file,
        line=resource.line,
    )


def _files(answer: Mapping[str, Any], given: Given) -> Iterator[_Result]:
    for framework in ("dockerfile", "bitbucket_pipelines", "secrets"):
        for result in answer[framework]["results"]:
            if framework == "secrets" and given.files.is_name(result):
                continue
            yield _Result(
                check=result["check"],
                passed=result["result"] == _PASSED,
                resource=result["file"],
                file=result["file"],
                line=max(1, result["line"]),
            )


def _no_secrets(results: list[_Result]) -> list[_Result]:
    """That none was found of a kind, which checkov does not say."""
    found = {result.check for result in results}
    return [
        _Result(check=id_, passed=True, resource=STACK)
        for id_ in catalogue.entries()
        if id_.startswith(_SECRET) and id_ not in found
    ]


# Findings


def _finding(entry: Entry, result: _Result, resource: Resource | None) -> Finding:
    path = _property(entry, result)
    status, message = _judge(entry, result, resource, path)
    shown = path if status in (Status.VIOLATED, Status.NOT_EVALUATED) else None
    return Finding(
        check=entry.check.id, status=status, resource=result.resource, message=message, property_path=shown,
        file=result.file, line=result.line,
    )  # fmt: skip


def _judge(entry: Entry, result: _Result, resource: Resource | None, path: str | None) -> tuple[Status, str]:
    instead = f" Asked by {' and '.join(f'`{rule}`' for rule in entry.instead)} too." if entry.instead else ""
    worth = entry.check.worth
    if worth in (Worth.WRONG, Worth.DEAD) or (worth is Worth.VACUOUS and result.passed is not False):
        return Status.NOT_APPLICABLE, entry.why_not
    if result.passed is None:
        if entry.silent:
            return Status.NOT_APPLICABLE, entry.silent
        return (
            Status.NOT_EVALUATED,
            f"checkov comes to no result: what decides is not known before it is created.{instead}",
        )
    if resource and path and _undecided(entry, resource, path, passed=result.passed):
        return Status.NOT_EVALUATED, f"`{path}` is not known before it is created.{instead}"
    if result.passed:
        return Status.COMPLIANT, ""
    where = f"; it read `{path}`" if path else ""
    line = f", line {result.line}" if resource is None and result.line else ""
    return Status.VIOLATED, f"By checkov \u201c{entry.check.title}\u201d is not kept{line}{where}."


def _undecided(entry: Entry, resource: Resource, path: str, *, passed: bool) -> bool:
    """Whether what decides is not known yet. That there will be a value is known of one that comes from a resource."""
    unknown = any(
        _stem(at) == path or path.startswith(f"{_stem(at)}.")
        for at, value in leaves(resource.inputs)
        if value is UNKNOWN
    )
    comes_from_one = bool(resource.property_dependencies.get(path.split(".", maxsplit=1)[0]))
    return unknown and not (entry.presence and passed and comes_from_one)


def _property(entry: Entry, result: _Result) -> str | None:
    """Path, without positions, of the property that decided, by the program's names."""
    # A check of connected resources names properties of all of them, in no order.
    told = () if entry.asks else result.keys
    keys = entry.reads or tuple(
        ".".join(part for part in key.split("/") if part and not _is_position(part)) for key in told
    )
    if result.planned is None:
        return keys[0] if keys else None
    names = result.planned.translation.paths
    return next((names[key] for key in keys if key in names), _camel(keys[0]) if keys else None)


def _is_position(part: str) -> bool:
    return part.strip("[]").isdigit()


def _stem(path: str) -> str:
    """A path without positions."""
    return "".join(part.partition("]")[2] if "]" in part else part for part in path.split("["))


def _camel(path: str) -> str:
    first, *rest = path.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding of each check and resource, the worst; a file may be wrong in several lines."""
    worst = (Status.COMPLIANT, Status.NOT_APPLICABLE, Status.NOT_EVALUATED, Status.VIOLATED)
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.line or 0):
        found.setdefault(finding.key, []).append(finding)
    return [max(same, key=lambda finding: worst.index(finding.status)) for same in found.values()]


def _not_asked(entries: Mapping[str, Entry], asked: set[str]) -> list[Finding]:
    nothing = "The stack has nothing that it asks about."
    return [
        Finding(check=id_, status=Status.NOT_APPLICABLE, resource=STACK, message=nothing)
        for id_ in entries
        if id_ not in asked
    ]
