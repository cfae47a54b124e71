"""The list of rules is the rules."""

from policies.controls import control
from policies.rules import RULES
from policies.rules.__main__ import AREAS, FILE, document


def test_the_list_of_rules_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run `.venv/bin/python -m policies.rules`"


def test_every_rule_is_in_it() -> None:
    written = document()
    assert [rule.id for rule in RULES if f"| `{rule.id}` |" not in written] == []


def test_every_area_has_a_title() -> None:
    assert {rule.id.partition("-")[0] for rule in RULES} <= set(AREAS)


def test_every_control_that_a_rule_names_is_there() -> None:
    for rule in RULES:
        for named in rule.controls:
            assert control(named).how == "judged", f"{rule.id}: {named}"
