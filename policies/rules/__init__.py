"""The project's own rules: every `policies/rules/<area>/<rule>.py` has one, and is found here."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from policies.capture import Capture
from policies.model import Rule, Verdicts, evaluate

_FOLDER: Final = Path(__file__).parent


class RuleError(Exception):
    """A file of the rules is not a rule; the message says which and what is wrong."""


def rule_of(module: ModuleType, area: str) -> Rule:
    """The rule in a module of an area.

    Raises:
        RuleError: It has none, or the rule is not named like the file.
    """
    rule = getattr(module, "RULE", None)
    where = f"policies/rules/{area}/{module.__name__.rpartition('.')[2]}.py"
    if not isinstance(rule, Rule):
        msg = f"{where} has no rule. Give it a constant `RULE = Rule(id=..., ...)`, or a name that begins with `_`."
        raise RuleError(msg)
    required = f"{area}-{module.__name__.rpartition('.')[2].replace('_', '-')}"
    if rule.id != required:
        msg = f"{where} has the rule `{rule.id}`; a rule is named like its area and file. Name it `{required}`."
        raise RuleError(msg)
    if (rule.judge is None) == (rule.judge_stack is None) or (rule.judge is not None and not rule.types):
        msg = f"{where} has to judge either each resource of its `types` (`judge`) or the stack (`judge_stack`)."
        raise RuleError(msg)
    return rule


def _discovered() -> tuple[Rule, ...]:
    files = sorted(file for file in _FOLDER.glob("*/*.py") if not file.name.startswith("_"))
    found = [
        rule_of(import_module(f"{__name__}.{file.parent.name}.{file.stem}"), file.parent.name) for file in files
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.id))


RULES: Final = _discovered()
"""Every rule, by id. Two can't have the same: an id names its file."""


def judge(capture: Capture) -> Verdicts:
    """What all rules say of a stack."""
    return Verdicts(
        checks=tuple(rule.check for rule in RULES),
        findings=tuple(finding for rule in RULES for finding in evaluate(rule, capture)),
        facts={"rules": len(RULES)},
    )
