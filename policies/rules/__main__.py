"""Write policies/RULES.md: every rule, what it asks, why, and what to do where it does not hold."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from policies import controls
from policies.controls import How
from policies.model import Rule
from policies.rules import RULES

FILE: Final = Path(__file__).parents[1] / "RULES.md"
AREAS: Final[Mapping[str, str]] = {
    "data": "What is kept: keys, disks, buckets, images, backups",
    "delivery": "What a push may do, and which images run",
    "gke": "The cluster and its nodes",
    "iam": "Who may do what",
    "network": "The network and the edge",
    "stack": "The stack as a whole: project, labels, protection, budget, logs, secrets",
    "workload": "What runs in Kubernetes",
}
_HEAD: Final = """# Rules

Written by `python -m policies.rules`; a test holds it against the rules. Every rule is asked of every stack, most of
them of each resource before it is made. What is not known yet is *not evaluated*. A finding that is accepted is waived
in [waivers.yaml](waivers.yaml), with a reason, an owner and a day on which that ends.
"""
_CONTROLS: Final = """## Controls

How each control of the [catalogues](controls) is dealt with. *Judged*: at least one check names it. *Provider*: Google
sees to it. *Manual*: a person checks it; the report says how.
"""
_COLUMNS: Final = ("Rule", "What it asks", "Severity", "Controls", "Why", "What to do")


def document() -> str:
    """All of the file."""
    parts = [_HEAD, f"{len(RULES)} rules.\n"]
    for area, rules in groupby(RULES, key=lambda rule: rule.id.partition("-")[0]):
        rows = [_row(rule) for rule in rules]
        parts.append(f"## {AREAS[area]}\n\n{_table(_COLUMNS, rows)}")
    counted = [
        (f"{one.title} {one.version}", *(str(len(one.of(how))) for how in How), one.note)
        for one in controls.catalogues()
    ]
    parts.append(f"{_CONTROLS}\n{_table(('Catalogue', *(how.capitalize() for how in How), 'What of it'), counted)}")
    return "\n".join(parts)


def _row(rule: Rule) -> Sequence[str]:
    return f"`{rule.id}`", rule.title, rule.severity, " ".join(rule.controls), rule.reason, rule.fix


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
