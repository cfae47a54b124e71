"""Pods have addresses of the VPC."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_be, must_be_set


def judge(resource: Resource) -> Iterator[Violation]:
    """By alias ranges."""
    yield from must_be(resource, "networkingMode", "VPC_NATIVE")
    yield from must_be_set(resource, "ipAllocationPolicy", "the ranges of pods and Services")


RULE: Final = Rule(
    id="gke-vpc-native",
    title="Pods have addresses of the VPC",
    severity=Severity.MEDIUM,
    reason=(
        "With routes instead, the VPC neither checks that a node sends only for its own pods nor logs and "
        "filters pods by themselves."
    ),
    fix="Set `networkingMode` to VPC_NATIVE and name the ranges in `ipAllocationPolicy`.",
    controls=("cis-gke:5.6.2",),
    types=(CLUSTER,),
    judge=judge,
)
