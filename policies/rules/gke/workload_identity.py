"""Pods have identities of their own."""

from collections.abc import Iterator
from typing import Final

from policies.capture import UNKNOWN, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER, PROJECT
from policies.rules._reading import must_match
from policies.rules.gke._nodes import standard_only


def judge(resource: Resource) -> Iterator[Violation]:
    """The pool is the project's, which is known before its name is."""
    standard_only(resource)
    path = "workloadIdentityConfig.workloadPool"
    if resource.raw(path) is UNKNOWN and resource.comes_from(path, PROJECT):
        return
    yield from must_match(resource, path, r"[^.]+\.svc\.id\.goog", "PROJECT.svc.id.goog")


RULE: Final = Rule(
    id="gke-workload-identity",
    title="Workloads get Google's APIs by identities of their own",
    severity=Severity.HIGH,
    reason="Otherwise a pod needs a key in a file, or has whatever the node may do.",
    fix="Set `workloadIdentityConfig.workloadPool` to PROJECT.svc.id.goog.",
    controls=("cis-gke:5.2.2", "nsa:least-privilege"),
    types=(CLUSTER,),
    judge=judge,
)
