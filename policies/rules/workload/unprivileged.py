"""No container is privileged."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_not_be
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means no."""
    for path in containers(resource):
        yield from must_not_be(resource, f"{path}.securityContext.privileged", (True,), "it would be root on its node")


RULE: Final = Rule(
    id="workload-unprivileged",
    title="Containers are not privileged",
    severity=Severity.CRITICAL,
    reason="A privileged container is root on its node: it sees every device and every other pod.",
    fix="Take `securityContext.privileged` away from the container.",
    controls=("cis-k8s:5.2.2", "pss:baseline"),
    types=PODS,
    judge=judge,
)
