"""What a run's event log says of policies."""

import json
from pathlib import Path
from typing import Any

from policies.crossguard import NAME
from policies.crossguard.answers import read
from policies.model import STACK, Finding, Status
from policies.rules import RULES

URN = "urn:pulumi:prod::a-tu-mano::gcp:container/cluster:Cluster::cluster"
ROOT = "urn:pulumi:prod::a-tu-mano::pulumi:pulumi:Stack::a-tu-mano-prod"
RULE = RULES[0]


def said(message: str, urn: str = URN, **more: Any) -> dict[str, Any]:
    event = {"policyName": RULE.id, "policyPackName": NAME, "message": f"{RULE.title}: {message}\nFix.", **more}
    return {"policyEvent": {**event, "resourceUrn": urn}}


def log(folder: Path, *events: dict[str, Any]) -> list[Finding]:
    file = folder / "events.json"
    file.write_text("".join(json.dumps({"sequence": number, **event}) + "\n" for number, event in enumerate(events)))
    return read(file)


def test_each_answer_is_a_finding(tmp_path: Path) -> None:
    found = log(
        tmp_path,
        {"preludeEvent": {"config": {}}},
        said("It is off."),
        said("It is off.", exceptions=[{"id": "W-1", "reason": "R"}]),
        said("Not evaluated: `x` is not known before it is created. It is judged when it is known."),
        said("Too few.", ROOT),
        {"policyAnalyzeSummaryEvent": {"resourceUrn": URN, "policyPackName": NAME, "passed": ["a", "b"], "failed": []}},
        {"policyAnalyzeStackSummaryEvent": {"policyPackName": NAME, "passed": ["c"]}},
    )
    assert [(one.check, one.status, one.resource, one.message) for one in found] == [
        (RULE.id, Status.VIOLATED, URN, "It is off."),
        (RULE.id, Status.WAIVED, URN, "It is off."),
        (RULE.id, Status.NOT_EVALUATED, URN, "`x` is not known before it is created. It is judged when it is known."),
        (RULE.id, Status.VIOLATED, STACK, "Too few."),
        ("a", Status.COMPLIANT, URN, ""),
        ("b", Status.COMPLIANT, URN, ""),
        ("c", Status.COMPLIANT, STACK, ""),
    ]
    assert [one.waiver for one in found[:3]] == [None, "W-1", None]


def test_another_pack_is_not_ours(tmp_path: Path) -> None:
    other = {"resourceUrn": URN, "policyPackName": "other", "passed": ["a"]}
    assert log(tmp_path, said("x", policyPackName="other"), {"policyAnalyzeSummaryEvent": other}) == []
