"""A pod shares nothing with its node."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_absent
from policies.rules.workload._pods import PODS, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means no."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        yield from must_be_absent(resource, spec(resource, field), "the pod would share it with its node")


RULE: Final = Rule(
    id="workload-host-namespaces",
    title="Pods share no namespace with their node",
    severity=Severity.CRITICAL,
    reason=(
        "A pod in its node's network passes by every NetworkPolicy; in its process namespace it sees every other "
        "pod's secrets."
    ),
    fix="Take `hostNetwork`, `hostPID` and `hostIPC` away from the pod.",
    controls=("cis-k8s:5.2.3", "cis-k8s:5.2.4", "cis-k8s:5.2.5", "pss:baseline"),
    types=PODS,
    judge=judge,
)
