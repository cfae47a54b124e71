"""Whether checkov judged all that it was given: what is not judged looks just like what is in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policies.capture import Capture
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.objects import KubernetesObject
from policies.second_opinion.plan import Plan
from policies.second_opinion.repository import Files

_NAMED: Final = 5
"""Of what is missing, in a message."""
_SKIPPED: Final = "SKIPPED"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What checkov was given."""

    capture: Capture
    plan: Plan
    objects: Mapping[str, KubernetesObject]
    files: Files


def all_judged(answer: Mapping[str, Any], given: Given) -> dict[str, int]:
    """How many of each framework were judged, which is as many as there are.

    Raises:
        OpinionError: It is not; the message names what is missing.
    """
    counts: dict[str, int] = {}
    for framework, wanted, found in (
        (
            "terraform_plan",
            set(given.plan.planned),
            {one.rpartition(":")[2] for one in answer["terraform_plan"]["judged"]},
        ),
        (
            "kubernetes",
            set(given.objects),
            {Path(one.partition(":")[0]).name for one in answer["kubernetes"]["judged"]},
        ),
        ("dockerfile", _whole(given, given.files.dockerfiles), _paths(answer["dockerfile"])),
        ("bitbucket_pipelines", _whole(given, given.files.pipelines), _paths(answer["bitbucket_pipelines"])),
    ):
        if missing := sorted(wanted - found):
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            msg = (
                f"checkov judged {len(wanted & found)} of {len(wanted)} that it was given as {framework}; it passed"
                f" over {', '.join(missing[:_NAMED])}{more}. All are required:"
                " what is not judged looks as if it were in order."
            )
            raise OpinionError(msg)
        counts[framework] = len(wanted)
    return counts


def _whole(given: Given, paths: Iterable[str]) -> set[str]:
    return {str(given.files.root / path) for path in paths}


def _paths(part: Mapping[str, Any]) -> set[str]:
    return set(part["judged"])


def none_skipped(answer: Mapping[str, Any]) -> None:
    """See that nothing is waived past the project's own waivers.

    Raises:
        OpinionError: A comment or annotation makes checkov skip a check.
    """
    for framework, part in answer.items():
        for result in part["results"]:
            if result["result"] == _SKIPPED:
                msg = (
                    f"{result['file']}: a comment or annotation makes checkov ({framework}) skip {result['check']}."
                    " Remove it; what is waived is said in policies/waivers.yaml, with an owner and a date."
                )
                raise OpinionError(msg)
