"""Every rule is found, named like its file, and says all a reader needs."""

from types import ModuleType

import pytest

from policies.capture import Capture
from policies.model import Rule, Severity
from policies.rules import RULES, RuleError, judge, rule_of


def _module(**constants: object) -> ModuleType:
    module = ModuleType("policies.rules.gke.private_nodes")
    vars(module).update(constants)
    return module


def _rule(id_: str, **more: object) -> Rule:
    fields = {"title": "t", "severity": Severity.LOW, "reason": "r", "fix": "f", **more}
    return Rule(id=id_, **fields)  # type: ignore[arg-type]


def _nothing(_: object) -> list[object]:
    return []


def test_a_module_without_a_rule_is_refused() -> None:
    with pytest.raises(RuleError, match=r"policies/rules/gke/private_nodes\.py has no rule"):
        rule_of(_module(), "gke")


def test_a_rule_that_is_not_named_like_its_file_is_refused() -> None:
    with pytest.raises(RuleError, match="Name it `gke-private-nodes`"):
        rule_of(_module(RULE=_rule("gke-private", judge_stack=_nothing)), "gke")


@pytest.mark.parametrize(
    "how", [{}, {"judge": _nothing}, {"judge": _nothing, "judge_stack": _nothing, "types": ("t",)}]
)
def test_a_rule_judges_resources_or_the_stack(how: dict[str, object]) -> None:
    with pytest.raises(RuleError, match="has to judge either"):
        rule_of(_module(RULE=_rule("gke-private-nodes", **how)), "gke")


def test_a_rule_is_found() -> None:
    rule = _rule("gke-private-nodes", judge=_nothing, types=("t",))
    assert rule_of(_module(RULE=rule), "gke") is rule


def test_rules_are_sorted_and_no_two_have_one_id() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_all_a_reader_needs(rule: Rule) -> None:
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.reason.endswith(".")
    assert rule.fix.endswith(".")


def test_every_rule_says_something_of_a_stack(prod: Capture) -> None:
    verdicts = judge(prod)
    assert {finding.check for finding in verdicts.findings} == {check.id for check in verdicts.checks}
