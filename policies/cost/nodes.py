"""What clusters, node pools and pods use."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.cost.amounts import Amount
from policies.cost.tables import MACHINE, SPOT
from policies.cost.uses import Use, number, spread
from policies.cost.view import MACHINE as DEFAULT_MACHINE
from policies.cost.view import View, Workload

_BOOT_GB: Final = 100
_BOOT_TYPE: Final = "pd-balanced"
"""Boot disk of a node that names none. Source: cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks."""
_LEAST_CPU: Final = 0.05
_LEAST_GB: Final = 52 / 1024
_MOST_GB_FOR_CPU: Final = 6.5
_SCRATCH_GB: Final = 1.0
"""What Autopilot makes of a pod's requests.

Source: cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests, general-purpose pods on clusters
that can burst."""


def cluster(resource: Resource, view: View) -> Iterator[Use]:
    """Management; data between its zones; nodes that are no pool's."""
    hours = view.usage["hours"]
    yield Use(sku="gke-cluster", quantity=Amount.of(hours), formula=f"1 cluster x {number(hours)} h")
    if resource.get("securityPostureConfig.vulnerabilityMode") == "VULNERABILITY_ENTERPRISE":
        yield Use(sku="gke-vulnerabilities", quantity=Amount.of(hours), formula=f"1 cluster x {number(hours)} h")
    if view.autopilot or view.zones(resource) > 1:
        between = view.usage["zoneGb"]
        yield Use(sku="zone-egress", quantity=Amount.of(between), formula=f"{number(between)} GiB between zones")
    if not view.autopilot and not resource.get("removeDefaultNodePool"):
        nodes = Amount.of(float(resource.get("initialNodeCount", 1)) * view.zones(resource))
        yield from _machines(resource, nodes, hours)


def pool(resource: Resource, view: View) -> Iterator[Use]:
    """Machines and their boot disks."""
    yield from _machines(resource, view.nodes(resource), view.usage["hours"])


def _machines(resource: Resource, nodes: Amount, hours: float) -> Iterator[Use]:
    machine = resource.get("nodeConfig.machineType", DEFAULT_MACHINE)
    spot = resource.get("nodeConfig.spot") or resource.get("nodeConfig.preemptible")
    size = float(resource.get("nodeConfig.diskSizeGb", _BOOT_GB))
    yield Use(
        sku=f"{MACHINE}{machine}{SPOT if spot else ''}",
        quantity=nodes * hours,
        formula=f"{spread(nodes)} nodes x {number(hours)} h",
    )
    yield Use(
        sku=resource.get("nodeConfig.diskType", _BOOT_TYPE),
        quantity=nodes * size,
        formula=f"{spread(nodes)} nodes x {number(size)} GB",
    )
    for accelerator in resource.get("nodeConfig.guestAccelerators") or []:
        yield Use(sku=f"accelerator:{accelerator.get('type')}", quantity=nodes * hours, formula="each node")


def pods(resource: Resource, view: View) -> Iterator[Use]:
    """Pods of a cluster in mode Autopilot, by what they request; on nodes that are paid for they cost nothing."""
    workload = next(each for each in view.workloads if each.resource.urn == resource.urn)
    if view.autopilot:
        yield from _requested(workload, view.usage["hours"])


def _requested(workload: Workload, hours: float) -> Iterator[Use]:
    cpu, gb = rounded(workload.cpu, workload.gb)
    kind = "autopilot-spot" if workload.spot else "autopilot"
    for sku, each, unit in (
        (f"{kind}-cpu", cpu, "vCPU"),
        (f"{kind}-memory", gb, "GiB"),
        ("autopilot-storage", _SCRATCH_GB, "GiB"),
    ):
        yield Use(
            sku=sku,
            quantity=workload.pods * (each * hours),
            formula=f"{spread(workload.pods)} pods x {number(each)} {unit} x {number(hours)} h",
        )


def rounded(cpu: float, gb: float) -> tuple[float, float]:
    """What Autopilot charges for a pod's requests: never below its least, and 1 to 6.5 GiB for each vCPU."""
    cpu, gb = max(cpu, _LEAST_CPU), max(gb, _LEAST_GB)
    return max(cpu, gb / _MOST_GB_FOR_CPU), max(gb, cpu)
