"""The rule that docs/policies.md shows is one."""

import re

from infra.settings import ROOT
from policies.model import Rule, Status, evaluate
from policies.sources.program import capture


def test_the_rule_of_the_page_judges() -> None:
    page = (ROOT / "docs/policies.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    shown: dict[str, object] = {}
    exec(code, shown)  # noqa: S102 - our own page
    rule = shown["RULE"]
    assert isinstance(rule, Rule)
    assert [finding.status for finding in evaluate(rule, capture("prod"))] == [Status.COMPLIANT]
