"""What the pack answered in one run of the engine, read from the run's event log.

The log is the only place that says what was checked and holds; `pulumi preview --json` says nothing of policies.
A log is written with `--event-log FILE`, which the CLI has when PULUMI_DEBUG_COMMANDS is set.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from policies.capture import type_of
from policies.crossguard import NAME, NOT_EVALUATED
from policies.model import STACK, Finding, Status
from policies.rules import RULES
from policies.sources.wire import ENGINE_ROOT

_TITLES: Final = {rule.id: rule.title for rule in RULES}


def read(log: Path) -> list[Finding]:
    """Each answer of the pack, in its order; of what is not applicable the engine keeps no record."""
    return [finding for line in log.read_text(encoding="utf-8").splitlines() for finding in _of(json.loads(line))]


def _of(event: Mapping[str, Any]) -> Iterator[Finding]:
    match event:
        case {"policyEvent": dict() as said} if said["policyPackName"] == NAME:
            yield _said(said)
        case {"policyAnalyzeSummaryEvent": dict() as held} | {"policyAnalyzeStackSummaryEvent": dict() as held} if (
            held["policyPackName"] == NAME
        ):
            for rule in held.get("passed") or ():
                yield Finding(check=rule, status=Status.COMPLIANT, resource=held.get("resourceUrn") or STACK)


def _said(event: Mapping[str, Any]) -> Finding:
    urn = event.get("resourceUrn") or ""
    found = event["message"].removeprefix(f"{_TITLES.get(event['policyName'], '')}: ").partition("\n")[0]
    waivers = event.get("exceptions") or ()
    known = Status.WAIVED if waivers else Status.VIOLATED
    return Finding(
        check=event["policyName"],
        status=Status.NOT_EVALUATED if found.startswith(NOT_EVALUATED) else known,
        resource=STACK if not urn or type_of(urn) == ENGINE_ROOT else urn,
        message=found.removeprefix(NOT_EVALUATED),
        waiver=waivers[0]["id"] if waivers else None,
    )
