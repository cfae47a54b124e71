"""A node gets an image it lacks."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means IfNotPresent for a digest, which is right: its content can't change."""
    for path in containers(resource):
        why = "the pod would run what happens to be on its node"
        yield from must_not_be(resource, f"{path}.imagePullPolicy", ("Never",), why)


RULE: Final = Rule(
    id="workload-image-pull",
    title="Images may be pulled",
    severity=Severity.LOW,
    reason=(
        "With Never a pod only starts on nodes that happen to have its image, and runs whatever was put there "
        "under its name."
    ),
    fix="Take `imagePullPolicy` away from the container.",
    controls=(),
    types=PODS,
    judge=judge,
)
