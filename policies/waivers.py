"""Findings that are accepted: who answers for each, why, and until when. One file for all judges."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from infra import settings_file
from infra.settings import ROOT
from policies.capture import Capture, name_of, type_of
from policies.model import Finding, Status

FILE: Final = ROOT / "policies" / "waivers.yaml"
_SCHEMA: Final = ROOT / "policies" / "waivers.schema.json"


class WaiverError(Exception):
    """The file of waivers can't be read; the message is a sentence for the user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """One accepted finding, or several alike."""

    id: str
    """E.g. "W-001"."""
    check: str
    """Id of a rule or check."""
    resource: str
    """`<type> <logical name>`, the path of a file, or `stack`; `*` stands for anything."""
    stacks: tuple[str, ...]
    reason: str
    owner: str
    expires: date
    """The last day on which it is accepted."""

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that it accepts."""
        return finding.check == self.check and fnmatchcase(named(finding.resource), self.resource)


def named(resource: str) -> str:
    """`<type> <logical name>` of a URN; the path of a file and `stack` as they are."""
    return f"{type_of(resource)} {name_of(resource)}" if resource.startswith("urn:") else resource


def load(file: Path = FILE) -> tuple[Waiver, ...]:
    """All waivers, in the order of the file.

    Raises:
        WaiverError: It is not there, or not of the form that `waivers.schema.json` describes.
    """
    where = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 - a safe loader
    except OSError as error:
        msg = f"{where} can't be read ({error.strerror}); a list of waivers is required, `[]` for none."
        raise WaiverError(msg) from None
    except yaml.YAMLError as error:
        msg = f"{where} is not YAML: {' '.join(str(error).split())}. Correct it."
        raise WaiverError(msg) from None
    _check(content, where)
    return tuple(
        Waiver(**{**entry, "stacks": tuple(entry["stacks"]), "expires": date.fromisoformat(entry["expires"])})
        for entry in content
    )


class _TextLoader(yaml.SafeLoader):
    """Leaves dates as they are written, which is what the schema describes."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check(content: Any, where: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
    for error in sorted(validator.iter_errors(content), key=str):
        at = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path) or "the file"
        msg = f"{where}, {at}: {error.message}; docs/report.md explains each key. Correct it."
        raise WaiverError(msg)
    ids = [entry["id"] for entry in content]
    for entry in content:
        if wrong := _wrong(entry, ids.count(entry["id"])):
            msg = f"{where}, {entry['id']}: {wrong}"
            raise WaiverError(msg)


def _wrong(entry: Mapping[str, Any], times: int) -> str | None:
    """What the schema can't say of a waiver."""
    if times > 1:
        return f"it is there {times} times; each id once is required. Renumber."
    stacks = settings_file.stacks(ROOT)
    if missing := set(entry["stacks"]) - {*stacks}:
        return f"there is no stack {', '.join(sorted(missing))}; one of {', '.join(stacks)} is required. Correct it."
    try:
        date.fromisoformat(entry["expires"])
    except ValueError:
        return f"expires {entry['expires']} is no day; a date such as 2027-05-31 is required. Correct it."
    return None


def apply(
    findings: Iterable[Finding], waivers: Sequence[Waiver], stack: str, known_checks: Collection[str], today: date
) -> tuple[list[Finding], list[str]]:
    """The findings with those that are accepted marked, and what is wrong with the waivers, a sentence each.

    Args:
        findings: What all judges found in the stack.
        waivers: Those of the file, also of other stacks.
        stack: Name of the stack.
        known_checks: Ids of every check there is.
        today: The day that decides what has expired.
    """
    own = [waiver for waiver in waivers if stack in waiver.stacks]
    # One that has expired accepts nothing that another one accepts.
    by_validity = sorted(own, key=lambda waiver: waiver.expires < today)
    used: set[str] = set()
    result = []
    for finding in findings:
        violated = finding.status is Status.VIOLATED
        waiver = next((one for one in by_validity if one.covers(finding)), None) if violated else None
        if waiver is None:
            result.append(finding)
            continue
        used.add(waiver.id)
        valid = waiver.expires >= today
        result.append(replace(finding, status=Status.WAIVED, waiver=waiver.id) if valid else finding)
    return result, list(_problems(own, used, known_checks, today))


def _problems(own: Iterable[Waiver], used: Collection[str], checks: Collection[str], today: date) -> Iterator[str]:
    for waiver in own:
        if waiver.check not in checks:
            yield f"{waiver.id} waives `{waiver.check}`, which is no check. Name one, or remove the waiver."
        elif waiver.id not in used:
            yield (
                f"{waiver.id} waives `{waiver.check}` of {waiver.resource}, which is not violated, or waived by "
                "another. Remove the waiver, or the stack from it."
            )
        elif waiver.expires < today:
            yield (
                f"{waiver.id} expired on {waiver.expires}: `{waiver.check}` of {waiver.resource} counts again. Mend "
                f"what it waived, or let {waiver.owner} say until when it is accepted."
            )


def crossguard_config(findings: Iterable[Finding], waivers: Iterable[Waiver], capture: Capture) -> dict[str, Any]:
    """The pack's configuration in which the waived findings of rules are exceptions, by exact URN.

    Args:
        findings: Those of the rules after `apply`.
        waivers: Those of the file.
        capture: The stack.

    Source: pulumi.com/docs/insights/policy, "exceptions" of a policy pack's configuration, version 2.
    """
    targets: dict[str, set[str]] = {}
    for finding in findings:
        if finding.waiver is not None:
            targets.setdefault(finding.waiver, set()).add(_urn(finding.resource, capture))
    known = {waiver.id: waiver for waiver in waivers}
    return {
        "version": 2,
        "policies": {},
        "exceptions": {
            id_: {
                "reason": f"{known[id_].reason} ({known[id_].owner}, until {known[id_].expires})",
                "match": [{"policies": [known[id_].check], "targets": sorted(urns)}],
            }
            for id_, urns in sorted(targets.items())
        },
    }


def _urn(resource: str, capture: Capture) -> str:
    root = f"{capture.project}-{capture.stack}"
    return (
        resource
        if resource.startswith("urn:")
        else f"urn:pulumi:{capture.stack}::{capture.project}::pulumi:pulumi:Stack::{root}"
    )
