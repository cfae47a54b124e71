"""Building blocks of NetworkPolicies: who, and on which port."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import pulumi

from infra.naming import NAME_LABEL

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import NetworkPolicyPeerArgsDict, NetworkPolicyPortArgsDict

NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""Label the API server puts on every namespace; nobody inside it can change it."""


def tcp(port: int) -> "list[NetworkPolicyPortArgsDict]":
    """One TCP port."""
    return [{"protocol": "TCP", "port": port}]


def namespace(name: pulumi.Input[str]) -> "NetworkPolicyPeerArgsDict":
    """All pods of a namespace."""
    return {"namespace_selector": {"match_labels": {NAMESPACE_LABEL: name}}}


def pods(name: pulumi.Input[str], labels: Mapping[str, str]) -> "NetworkPolicyPeerArgsDict":
    """Pods with `labels` in a namespace; one selector of both, so both have to match."""
    return {**namespace(name), "pod_selector": {"match_labels": dict(labels)}}


def services(name: pulumi.Input[str], names: Sequence[str]) -> "list[NetworkPolicyPeerArgsDict]":
    """Pods of services in a namespace."""
    return [pods(name, {NAME_LABEL: service}) for service in names]


def ranges(cidrs: Sequence[str]) -> "list[NetworkPolicyPeerArgsDict]":
    """Addresses outside the cluster."""
    return [{"ip_block": {"cidr": cidr}} for cidr in cidrs]
