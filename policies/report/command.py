"""`python -m policies.report STACK`: every judge, every report, one verdict; 0: passes, 1: fails, 2: can't be made."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from infra import settings_file
from infra.errors import ATuManoError
from infra.settings import ROOT
from policies import cost, picture
from policies.capture import CaptureError
from policies.model import Severity
from policies.report import code_insights, page, words
from policies.report.assessment import Assessment
from policies.report.document import document
from policies.report.judging import Asked, assess
from policies.report.junit import junit
from policies.report.markdown import markdown
from policies.report.sarif import sarif
from policies.second_opinion import OpinionError
from policies.sources import of_stack
from policies.waivers import WaiverError, named

_PROBLEMS: Final = (ATuManoError, CaptureError, OpinionError, WaiverError, cost.CostError)
_SHOWN: Final = 10


def write(assessment: Assessment, folder: Path) -> list[Path]:
    """Every report, in a folder; the files, the page first."""
    insights = folder / "code-insights"
    insights.mkdir(parents=True, exist_ok=True)
    for old in insights.glob("*.json"):
        old.unlink()
    texts = {
        "index.html": page.render(assessment),
        "report.md": markdown(assessment),
        "report.json": _json(document(assessment)),
        "report.sarif": _json(sarif(assessment)),
        "junit.xml": junit(assessment),
        "picture.svg": picture.svg(assessment.capture),
        "picture.mmd": picture.mermaid(assessment.capture),
        "code-insights/report.json": _json(
            {"id": code_insights.report_id(assessment.stack), **code_insights.report(assessment)}
        ),
    }
    for number, batch in enumerate(code_insights.annotations(assessment), 1):
        texts[f"code-insights/annotations-{number:02}.json"] = _json(batch)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Make the reports of a stack; returns the exit code."""
    told = _parser().parse_args(arguments)
    file: Path | None = told.source
    asked = Asked(
        stack=told.stack,
        source=(lambda: of_stack(file, told.stack)) if file is not None else None,
        base=told.base,
        beside=_beside(told.stack),
        threshold=Severity(told.fail_on),
    )
    try:
        assessment = assess(asked)
    except _PROBLEMS as error:
        sys.stderr.write(f"{error}\n")
        return 2
    files = write(assessment, told.to or ROOT / "report" / told.stack)
    for line in _said(assessment, files):
        sys.stdout.write(f"{line}\n")
    return 0 if assessment.passed else 1


def _beside(stack: str) -> str | None:
    """The first other stack on GCP, for one that is; none where one file of settings stands in for every stack's."""
    if settings_file.FILE_VARIABLE in os.environ:
        return None
    files = {name: f"stacks/Pulumi.{name}.yaml" for name in settings_file.stacks(ROOT)}
    on_gcp = [name for name, file in files.items() if "a-tu-mano:gcp" in settings_file.read(ROOT / file, file)]
    return next((name for name in on_gcp if name != stack), None) if stack in on_gcp else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies.report", description=__doc__)
    parser.add_argument("stack", choices=settings_file.stacks(ROOT))
    parser.add_argument("--base", help="a report, a capture or a revision of git to compare with")
    parser.add_argument(
        "--from", dest="source", type=Path, help="a capture, a preview or a state, instead of the program"
    )
    parser.add_argument("--fail-on", choices=[one.value for one in Severity], default=Severity.LOW.value)
    parser.add_argument("--to", type=Path, help="folder of the reports; report/<stack> unless told")
    return parser


def _said(assessment: Assessment, files: list[Path]) -> list[str]:
    """What a person reads at the end of the command."""
    lines = [f"{assessment.stack} {'passes' if assessment.passed else 'FAILS'}. {words.summary(assessment)}"]
    if assessment.estimate is not None:
        lines.append(words.cost(assessment.estimate))
    if assessment.base is not None and assessment.base.cost is not None:
        lines.append(assessment.base.cost.sentence)
    lines += [
        f"  {assessment.checks[finding.check].severity.value:8} {finding.check} of {named(finding.resource)}: "
        f"{finding.message} {assessment.checks[finding.check].fix}"
        for finding in assessment.failing[:_SHOWN]
    ]
    if len(assessment.failing) > _SHOWN:
        lines.append(f"  and {len(assessment.failing) - _SHOWN} more")
    lines += [f"  waiver   {problem}" for problem in assessment.waiver_problems]
    where = files[0].parent
    shown = where.relative_to(ROOT) if where.is_relative_to(ROOT) else where
    lines.append(f"{shown}/: {', '.join(file.name for file in files[:7])}, code-insights/")
    return lines
