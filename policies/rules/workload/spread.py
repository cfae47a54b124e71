"""Pods of a workload are not in one place."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.pods import DEPLOYMENT, STATEFUL_SET
from policies.rules._reading import each
from policies.rules.workload._pods import labels, named, selects, spec
from policies.rules.workload._selecting import may_be_several, several

_NOTHING: Final = {"matchExpressions": [{"key": "nothing", "operator": "Exists"}]}
"""A selector that takes none of our pods, in place of one that is absent."""


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Both, by constraints or by affinity, of the workload's own pods. Of one pod none is asked."""
    for workload in several(capture):
        for topology in ("topology.kubernetes.io/zone", "kubernetes.io/hostname"):
            if topology not in {*_spread(workload), *_apart(workload)}:
                message = f"Pods of {named(workload)} are not spread by {topology}; they have to be."
                yield Violation(message, spec(workload, "topologySpreadConstraints"), workload)


def _spread(workload: Resource) -> Iterator[str]:
    for path in each(workload, spec(workload, "topologySpreadConstraints")):
        if selects(workload.get(f"{path}.labelSelector", _NOTHING), labels(workload)):
            yield str(workload.get(f"{path}.topologyKey"))


def _apart(workload: Resource) -> Iterator[str]:
    where = spec(workload, "affinity.podAntiAffinity")
    required = [*each(workload, f"{where}.requiredDuringSchedulingIgnoredDuringExecution")]
    preferred = each(workload, f"{where}.preferredDuringSchedulingIgnoredDuringExecution")
    for path in (*required, *(f"{term}.podAffinityTerm" for term in preferred)):
        if selects(workload.get(f"{path}.labelSelector", _NOTHING), labels(workload)):
            yield str(workload.get(f"{path}.topologyKey"))


RULE: Final = Rule(
    id="workload-spread",
    title="Pods are spread over zones and nodes",
    severity=Severity.MEDIUM,
    reason="A node that is upgraded, or a zone that fails, takes all pods that are on it.",
    fix="Give the pod `topologySpreadConstraints`, or a podAntiAffinity, for the zone and for the node.",
    controls=(),
    types=(DEPLOYMENT, STATEFUL_SET),
    judge_stack=judge_stack,
    subjects=may_be_several,
)
