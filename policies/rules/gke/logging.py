"""What cluster and workloads log is kept."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import shown


def judge(resource: Resource) -> Iterator[Violation]:
    """By its components; `loggingService` says nothing of them."""
    found = resource.get("loggingConfig.enableComponents", [])
    missing = [part for part in ("SYSTEM_COMPONENTS", "WORKLOADS") if part not in found]
    if missing:
        path = "loggingConfig.enableComponents"
        yield Violation(f"`{path}` is {shown(found)}; it has to have {' and '.join(missing)}.", path)


RULE: Final = Rule(
    id="gke-logging",
    title="Logs of the cluster and of its workloads are kept",
    severity=Severity.HIGH,
    reason=(
        "What happened before a failure or a break-in is known from logs or not at all; a pod's own are gone with it."
    ),
    fix="Name SYSTEM_COMPONENTS and WORKLOADS in `loggingConfig.enableComponents`.",
    controls=("cis-gke:5.7.1", "nsa:audit-logs"),
    types=(CLUSTER,),
    judge=judge,
)
