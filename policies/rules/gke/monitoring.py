"""The cluster is measured."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be, shown


def judge(resource: Resource) -> Iterator[Violation]:
    """By its components and Google's collection of pods' metrics; `monitoringService` says nothing of them."""
    path = "monitoringConfig.enableComponents"
    found = resource.get(path, [])
    if "SYSTEM_COMPONENTS" not in found:
        yield Violation(f"`{path}` is {shown(found)}; it has to have SYSTEM_COMPONENTS.", path)
    yield from must_be(resource, "monitoringConfig.managedPrometheus.enabled", value=True)


RULE: Final = Rule(
    id="gke-monitoring",
    title="Metrics of the cluster and of its pods are collected",
    severity=Severity.MEDIUM,
    reason="Alerts are about metrics: without them a shop that is down is told of by its customers.",
    fix="Name SYSTEM_COMPONENTS in `monitoringConfig.enableComponents`; set `gcp.cluster.managedPrometheus` to true.",
    controls=("cis-gke:5.7.1", "nsa:monitoring"),
    types=(CLUSTER,),
    judge=judge,
)
