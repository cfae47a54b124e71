"""What pricing a resource needs to know of the rest of the stack: places, nodes, pods."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from infra.settings_types import quantity
from policies.capture import Capture, Resource
from policies.cost.amounts import Amount, total
from policies.cost.machines import shape
from policies.cost.usage import Usage
from policies.pods import DEPLOYMENT, STATEFUL_SET

CLUSTER: Final = "gcp:container/cluster:Cluster"
POOL: Final = "gcp:container/nodePool:NodePool"
AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_ZONE: Final = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")
MACHINE: Final = "e2-medium"
"""Machine of a pool that names none. Source: cloud.google.com/kubernetes-engine/docs/how-to/node-pools."""
_KEPT_CPU: Final = 0.035
_KEPT_GB: Final = 0.24
"""Share of a node that GKE keeps for itself: 0.07 of 2 cores, 1.9 of 8 GB.

Source: cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes."""
_SPOT: Final = "cloud.google.com/gke-spot"
_GIB: Final = 1024**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """Pods of one kind."""

    resource: Resource
    name: str
    namespace: str
    pods: Amount
    cpu: float
    """Cores that one pod requests."""
    gb: float
    """GiB of memory that one pod requests."""
    selector: Mapping[str, str]
    """Labels of the nodes it wants."""
    labels: Mapping[str, str]
    """Labels of its pods."""

    @property
    def spot(self) -> bool:
        """Whether it asks for Spot pods of Autopilot."""
        return self.selector.get(_SPOT) == "true"


class View:
    """One stack, with the assumptions about it."""

    def __init__(self, capture: Capture, usage: Usage) -> None:
        self.capture = capture
        self.usage = usage

    @cached_property
    def cluster(self) -> Resource | None:
        """The GKE cluster; None where the stack has none."""
        return next(iter(self.capture.of(CLUSTER)), None)

    @cached_property
    def autopilot(self) -> bool:
        """Whether pods are paid for, and not nodes."""
        return self.cluster is not None and bool(self.cluster.get("enableAutopilot"))

    @cached_property
    def region(self) -> str | None:
        """Region of the cluster, or else of the first resource that has one."""
        places = [self.cluster] if self.cluster else []
        return next(filter(None, (region_of(each) for each in [*places, *self.capture.resources])), None)

    @property
    def credited(self) -> bool:
        """Whether GKE's free tier is for this kind of cluster: it is not for regional ones of nodes."""
        return self.cluster is not None and (
            self.autopilot or _ZONE.fullmatch(self.cluster.get("location") or "") is not None
        )

    def zones(self, resource: Resource) -> float:
        """Zones of a cluster or a pool: 1 if its place is one, else those it names, else what is assumed."""
        if named := resource.get("nodeLocations"):
            return float(len(named))
        if _ZONE.fullmatch(resource.get("location") or ""):
            return 1.0
        return self.usage["zones"]

    def nodes(self, pool: Resource) -> Amount:
        """Nodes of a pool. What it says is per zone, but for the totals of its autoscaling.

        Source: cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler.
        """
        zones = self.zones(pool)
        if not pool.has("autoscaling"):
            return Amount.of(float(pool.get("nodeCount", pool.get("initialNodeCount", 0))) * zones)
        least, most = pool.get("autoscaling.totalMinNodeCount"), pool.get("autoscaling.totalMaxNodeCount")
        if most is None:
            least, most = (pool.get(f"autoscaling.{end}NodeCount", 0) * zones for end in ("min", "max"))
        needed = min(max(self._needed(pool), least or 0), most)
        return Amount(float(least or 0), float(needed), float(most))

    def _needed(self, pool: Resource) -> int:
        """Nodes that what runs on a pool takes: by what pods request, GKE's own included, and room to move them."""
        found = shape(pool.get("nodeConfig.machineType", MACHINE))
        if found is None:
            return 0
        own, tainted = self.on(pool), bool(pool.get("nodeConfig.taints"))
        alike = sum(bool(each.get("nodeConfig.taints")) == tainted for each in self.capture.of(POOL))
        needs = []
        for kind, has, kept in (("Cpu", found[1], _KEPT_CPU), ("Gb", found[2], _KEPT_GB)):
            wanted = sum(each.pods.expected * getattr(each, kind.lower()) for each in own)
            wanted += 0 if tainted else self.usage[f"system{kind}"]
            for_pods = has * (1 - kept) - self.usage[f"systemNode{kind}"]
            needs.append(wanted * (1 + self.usage["headroom"]) / for_pods / alike if for_pods > 0 else 0)
        return math.ceil(max(needs))

    def all_nodes(self) -> Amount:
        """Nodes of the stack, of all pools."""
        if self.autopilot:
            return Amount.of(self.usage["autopilotNodes"])
        return total([self.nodes(pool) for pool in self.capture.of(POOL)])

    @cached_property
    def workloads(self) -> list[Workload]:
        """All Deployments and StatefulSets."""
        return [self._workload(resource) for resource in self.capture.of(DEPLOYMENT, STATEFUL_SET)]

    def on(self, pool: Resource) -> list[Workload]:
        """Workloads that run on a pool: those that select its labels, and without taints those that select nothing."""
        labels, tainted = pool.get("nodeConfig.labels") or {}, bool(pool.get("nodeConfig.taints"))
        return [
            each
            for each in self.workloads
            if all(labels.get(key) == value for key, value in each.selector.items()) and (each.selector or not tainted)
        ]

    def _workload(self, resource: Resource) -> Workload:
        requests = [*_requests(resource)]
        pod = resource.get("spec.template.spec.nodeSelector") or {}
        return Workload(
            resource=resource,
            name=resource.get("metadata.name") or resource.name,
            namespace=resource.get("metadata.namespace") or "default",
            pods=self._replicas(resource),
            cpu=sum(cpu for cpu, _ in requests),
            gb=sum(gb for _, gb in requests),
            selector=pod,
            labels=resource.get("spec.template.metadata.labels") or {},
        )

    def _replicas(self, resource: Resource) -> Amount:
        scaler = self._scalers.get((resource.get("metadata.namespace"), resource.get("metadata.name")))
        if scaler is None:
            return Amount.of(float(resource.get("spec.replicas", 1)))
        least, most = scaler.get("spec.minReplicas", 1), scaler.get("spec.maxReplicas", 1)
        return Amount.between(float(least), float(most), self.usage["replicas"])

    @cached_property
    def _scalers(self) -> Mapping[tuple[str | None, str | None], Resource]:
        """Autoscalers by the namespace and name of what they scale."""
        return {
            (each.get("metadata.namespace"), each.get("spec.scaleTargetRef.name")): each
            for each in self.capture.of(AUTOSCALER)
        }

    def uses(self, resource: Resource) -> list[Resource]:
        """Resources one of whose properties comes from this one."""
        return [
            other
            for other in self.capture.resources
            if any(resource.urn in urns for urns in other.property_dependencies.values())
        ]

    def service_of(self, resource: Resource) -> str | None:
        """Service that a resource is a part of."""
        for component in self.capture.components_of(resource):
            if component.type.rpartition(":")[2] in {"Microservice", "Database"}:
                return component.name
        return None


def region_of(resource: Resource) -> str | None:
    """Region of what names a zone, a region or a location; None of what is nowhere in particular."""
    for key in ("location", "region", "zone"):
        place = resource.raw(key)
        if isinstance(place, str) and place.lower() not in {"", "global"}:
            found = _ZONE.fullmatch(place.lower())
            return found[1] if found else place.lower()
    return None


def gib(text: str) -> float:
    """GiB of a Kubernetes quantity, e.g. 50.0 of "50Gi"."""
    return float(quantity(text)) / _GIB


def _requests(resource: Resource) -> Iterator[tuple[float, float]]:
    containers: list[Any] = resource.get("spec.template.spec.containers") or []
    for index in range(len(containers)):
        at = f"spec.template.spec.containers[{index}].resources.requests"
        yield float(quantity(str(resource.get(f"{at}.cpu") or 0))), gib(resource.get(f"{at}.memory") or "0")
