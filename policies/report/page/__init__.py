"""The report as one page of HTML that needs nothing else: it sends no request and is all there without script."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from local.guard import LOSSES
from policies import picture
from policies.picture.stack import Stack
from policies.report.assessment import Assessment
from policies.report.page import marks, money, pictures, verdict, views

_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(assessment: Assessment) -> str:
    """The page, self-contained."""
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(
        place=marks.place, money=verdict.money, losses=LOSSES, MARKS=[*marks.MARKS.values(), *marks.OTHERS.values()]
    )
    pages.filters.update(code=marks.code, fact=verdict.fact)
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8") + picture.style()
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8")
    return pages.get_template("page.html").render(
        **_content(assessment),
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        policy=_policy(style, script),
    )


def _content(assessment: Assessment) -> Mapping[str, Any]:
    other, estimate, drawn = assessment.other, assessment.estimate, Stack(assessment.capture)
    return {
        "assessment": assessment,
        "stack": assessment.stack,
        "sentence": verdict.sentence(assessment),
        "figures": list(verdict.figures(assessment)),
        "uncertain": list(verdict.uncertain(assessment)),
        "counts": verdict.counts(assessment),
        "failing": marks.telling(assessment.failing, assessment.checks),
        "catalogues": views.by_control(assessment),
        "groups": views.by_resource(assessment),
        "judges": views.by_check(assessment),
        "other": other,
        "other_counts": verdict.other_counts(other) if other else (),
        "differences": verdict.differences(assessment, other) if other else (),
        "new": marks.telling(assessment.base.new, assessment.checks) if assessment.base else (),
        "fixed": marks.telling(assessment.base.fixed, assessment.checks) if assessment.base else (),
        "waivers": verdict.waivers(assessment),
        "cost": money.shown(estimate) if estimate else None,
        "overviews": pictures.overviews(drawn),
        "insides": pictures.insides(drawn),
    }


def _policy(style: str, script: str) -> str:
    """What the page may do: run its own script, use its own style, ask nobody."""
    hashes = {name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in
              (("style", style), ("script", script))}  # fmt: skip
    sources = "; ".join(f"{name}-src 'sha256-{found}'" for name, found in hashes.items())
    return f"default-src 'none'; {sources}; img-src data:; base-uri 'none'; form-action 'none'"
