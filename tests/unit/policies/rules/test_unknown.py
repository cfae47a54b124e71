"""No rule passes on what is not known: whatever it reads to find a resource compliant, hidden, it no longer does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.model import Rule, Severity, Status, Violation, evaluate
from policies.rules import RULES
from tests.unit.policies.rules.cases import edited, made, stack_of


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_what_a_rule_has_read_decides(
    rule: Rule, stack: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _passes_on(rule, request.getfixturevalue(stack), monkeypatch) == []


def test_a_rule_that_passes_on_what_it_does_not_know_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(resource: Resource) -> Iterator[Violation]:
        if resource.raw("private") is False:
            yield Violation("It is public.")

    careless = Rule(
        id="a-b", title="t", severity=Severity.LOW, reason="r", fix="f", types=("test:a:Thing",), judge=judge
    )
    assert _passes_on(careless, stack_of(made("test:a:Thing", private=True)), monkeypatch) == [("thing", "private")]


def _passes_on(rule: Rule, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Resource and path of what may be hidden, and the rule passes still."""
    passing = {finding.resource for finding in evaluate(rule, capture) if finding.status is Status.COMPLIANT}
    return [
        (resource.name, path)
        for resource, path in _read(rule, capture, monkeypatch)
        if passing and _still_passes(rule, capture, resource, path, passing)
    ]


def _still_passes(rule: Rule, capture: Capture, resource: Resource, path: str, passing: set[str]) -> bool:
    hidden = edited(resource, {path: UNKNOWN})
    resources = (hidden,) if rule.judge else tuple(hidden if one is resource else one for one in capture.resources)
    found = evaluate(rule, replace(capture, resources=resources))
    if rule.judge and resource.urn not in passing:
        return False
    return {finding.status for finding in found} <= {Status.COMPLIANT, Status.NOT_APPLICABLE}


def _read(rule: Rule, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Resource, str]]:
    """What the rule reads, once for each type and property."""
    read: dict[tuple[str, str], tuple[Resource, str]] = {}
    raw = Resource.raw

    def recording(self: Resource, path: str) -> Any:
        read.setdefault((self.type, re.sub(r"\d+", "0", path)), (self, path))
        return raw(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(Resource, "raw", recording)
        evaluate(rule, capture)
    yield from read.values()
