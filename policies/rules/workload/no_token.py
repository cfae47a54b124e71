"""A pod has no way to talk to the API server."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be
from policies.rules.workload._pods import PODS, spec


def judge(resource: Resource) -> Iterator[Violation]:
    """On both: a pod's word counts before its account's, and pods made by others ask the account."""
    path = "automountServiceAccountToken"
    yield from must_be(resource, spec(resource, path) if resource.type in PODS else path, value=False)


RULE: Final = Rule(
    id="workload-no-token",
    title="Pods get no token of the API server",
    severity=Severity.HIGH,
    reason="None of the shop's programs asks the API server anything; who gets into one finds no key to it.",
    fix="Set `automountServiceAccountToken` to false, on the account and on the pod.",
    controls=("cis-gke:4.1.5", "cis-k8s:5.1.6", "nsa:service-account-tokens"),
    types=(*PODS, "kubernetes:core/v1:ServiceAccount"),
    judge=judge,
)
