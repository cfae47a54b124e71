"""GKE's nodes: node pools, and what a cluster's own pool and Autopilot's nodes have in common with them.

Not modelled: upgrades, which machine types a zone has, how many pods fit.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource, Validation
from local.gcp.rules import (
    CLUSTER,
    DELETION_POLICY,
    NETWORK,
    NODE_POOL,
    SUBNETWORK,
    account,
    given,
    key,
    known,
    region,
    settled,
    usable_key,
    words,
    zones,
)
from local.gcp.services.agents import COMPUTE

API: Final = "container.googleapis.com"
DOCS: Final = "cloud.google.com/kubernetes-engine/docs/reference/rest/v1/"
VERSION: Final = "1.34.4-gke.1193000"
"""What a new cluster gets where no version is asked for."""

# Machines and disks

_ONLY_HYPERDISK: Final = words("c4 c4a c4d h4d m4 n4 n4a n4d x4")
_HYPERDISK: Final = _ONLY_HYPERDISK | words("a3 a4 c3 c3d h3 m3 z3")
"""Machine series by the disks they boot from. Source: cloud.google.com/compute/docs/disks/hyperdisks."""
_SHARED: Final = {"e2-micro": 2, "e2-small": 2, "e2-medium": 2, "f1-micro": 1, "g1-small": 1}
_MACHINE: Final = "e2-medium"
_DISK: Final = "pd-balanced"
_DISK_GB: Final = 100
"""What a node is where nothing is said. Source: nodePools resource, `NodeConfig`."""


def _processors(machine: str) -> int:
    parts = re.findall(r"-(\d+)", machine)
    return _SHARED.get(machine) or (int(parts[0]) if parts else 1)


def disks(path: str) -> Validation:
    """Nodes at a path boot from a disk that their machine takes."""

    def check(properties: Properties) -> Iterator[str]:
        if not given(properties, path):
            return
        machine = str(known(properties, f"{path}.machineType") or _MACHINE)
        disk = known(properties, f"{path}.diskType") or known(properties, f"{path}.bootDisk.diskType") or _DISK
        series = machine.partition("-")[0]
        if disk == "hyperdisk-balanced" and series not in _HYPERDISK:
            yield f"{path}: {disk} disk type cannot be used by {machine} machine type. Use pd-balanced."
        if str(disk).startswith("pd-") and series in _ONLY_HYPERDISK:
            yield f"{path}: {disk} disk type cannot be used by {machine} machine type. Use hyperdisk-balanced."
        if known(properties, f"{path}.spot") and known(properties, f"{path}.preemptible"):
            yield f"{path}: spot and preemptible exclude each other; use spot."

    return check


def shortage(pool: Mapping[str, Any], count: int, resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    """The regional quota that new nodes need beyond what the project's other pools have."""
    here = region(str(resource.get("location")))
    wanted = {"CPUS": 0.0, "SSD_TOTAL_GB": 0.0}
    used = dict(wanted)

    def add(to: dict[str, float], node: Mapping[str, Any], nodes: int) -> None:
        boot = node.get("bootDisk") or {}
        to["CPUS"] += nodes * _processors(str(node.get("machineType") or _MACHINE))
        if (node.get("diskType") or boot.get("diskType") or _DISK) in ("pd-balanced", "pd-ssd"):
            to["SSD_TOTAL_GB"] += nodes * float(node.get("diskSizeGb") or boot.get("sizeGb") or _DISK_GB)

    add(wanted, pool, count)
    for other in cloud.all(NODE_POOL, resource.project):
        if other.id != resource.id and region(str(other.get("location"))) == here:
            add(used, other.get("nodeConfig") or {}, _first(other) * len(zones_of(other, cloud)))
    for metric, amount in wanted.items():
        limit = cloud.quota(resource.project, here, metric)
        if used[metric] + amount > limit:
            yield Refused(
                403,
                f'Insufficient regional quota to satisfy request: resource "{metric}": request requires {amount!r} and '
                f"is short {used[metric] + amount - limit!r}. project has a quota of {limit!r} with "
                f"{max(limit - used[metric], 0.0)!r} available. Ask for more under IAM & Admin > Quotas, or use less.",
            )


# Where a cluster is


def network_of(cluster: Resource, cloud: Cloud) -> tuple[Resource | None, Resource | None]:
    """The network and the subnetwork of a cluster; None where there is no such thing."""
    network = cloud.find((NETWORK,), str(cluster.get("network") or "default"), cluster)
    named = cluster.get("subnetwork")
    near = Resource(
        token=cluster.token,
        id=cluster.id,
        project=cluster.project,
        inputs={**cluster.inputs, "region": region(str(cluster.get("location")))},
    )
    return network, cloud.find((SUBNETWORK,), str(named), near) if named else None


def secondary_ranges(subnetwork: Resource | None) -> dict[str, str]:
    """The secondary ranges of a subnetwork by name."""
    given = subnetwork.get("secondaryIpRanges") if subnetwork is not None else None
    return {str(one.get("rangeName")): str(one.get("ipCidrRange")) for one in given or []}


# Node pools

NODE_FIXED: Final = (
    "advancedMachineFeatures bootDiskKmsKey confidentialNodes.confidentialInstanceType enableConfidentialStorage "
    "ephemeralStorageConfig ephemeralStorageLocalSsdConfig flexStart guestAccelerators hostMaintenancePolicy "
    "localNvmeSsdBlockConfig localSsdCount localSsdEncryptionMode maxRunDuration metadata minCpuPlatform nodeGroup "
    "oauthScopes preemptible reservationAffinity sandboxConfig secondaryBootDisks serviceAccount "
    "shieldedInstanceConfig soleTenantConfig spot"
)
"""What of a node's configuration is fixed; the machine type, the disk, labels, taints and tags can be changed."""

NODE_VALUES: Final[Mapping[str, re.Pattern[str] | range | frozenset[str]]] = {
    "diskSizeGb": range(10, 65537),
    "diskType": re.compile(r"pd-(standard|balanced|ssd)|hyperdisk-[a-z-]+"),
    "machineType": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+"),
    "imageType": re.compile(r"(?i)cos_containerd|cos|ubuntu_containerd|ubuntu|windows_\w+"),
    "workloadMetadataConfig.mode": words("MODE_UNSPECIFIED GCE_METADATA GKE_METADATA"),
    "taints.*.effect": words("NO_SCHEDULE PREFER_NO_SCHEDULE NO_EXECUTE"),
    "taints.*.key": re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"),
    "tags.*": re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"),
    "loggingVariant": words("DEFAULT MAX_THROUGHPUT"),
    "kubeletConfig.insecureKubeletReadonlyPortEnabled": words("TRUE FALSE"),
    "kubeletConfig.cpuManagerPolicy": frozenset({"static", "none", ""}),
    "linuxNodeConfig.cgroupMode": words("CGROUP_MODE_UNSPECIFIED CGROUP_MODE_V1 CGROUP_MODE_V2"),
    "confidentialNodes.confidentialInstanceType": words("SEV SEV_SNP TDX"),
}


def _first(pool: Resource) -> int:
    """Nodes of a pool in each zone when it is made."""
    return int(pool.get("nodeCount") or pool.get("initialNodeCount") or pool.get("autoscaling.minNodeCount") or 0)


def _cluster_of(pool: Resource, cloud: Cloud) -> Resource | None:
    return cloud.find((CLUSTER,), str(pool.get("cluster")), pool)


def zones_of(resource: Resource, cloud: Cloud) -> list[str]:
    """Zones of a cluster's default pool: its own, or three of the region; of a pool: its own, or its cluster's."""
    given, location = resource.get("nodeLocations"), str(resource.get("location"))
    if resource.token == NODE_POOL:
        cluster = _cluster_of(resource, cloud)
        if given or cluster is None:
            return sorted(map(str, given or [location]))
        return zones_of(cluster, cloud)
    if region(location) != location:
        return sorted({*map(str, given or []), location})
    return sorted(map(str, given)) if given else zones(location)[:3]


def _sizes(properties: Properties) -> Iterator[str]:
    if known(properties, "nodeCount") and known(properties, "initialNodeCount"):
        yield "Cannot set both initialNodeCount and nodeCount on a node pool."
    scaling = known(properties, "autoscaling")
    if isinstance(scaling, Mapping):
        zonal = [scaling[name] for name in ("minNodeCount", "maxNodeCount") if scaling.get(name) is not None]
        total = [scaling[name] for name in ("totalMinNodeCount", "totalMaxNodeCount") if scaling.get(name) is not None]
        if zonal and total:
            yield "autoscaling has limits for each zone and for the total, which exclude each other."
        for low, high in (("minNodeCount", "maxNodeCount"), ("totalMinNodeCount", "totalMaxNodeCount")):
            least, most = scaling.get(low) or 0, scaling.get(high)
            if isinstance(least, int) and isinstance(most, int) and most < max(least, 1):
                yield f"autoscaling.{high} is {most}; at least 1 and at least {low} ({least}) is required."
        if not zonal and not total:
            yield "autoscaling needs maxNodeCount or totalMaxNodeCount."


def _upgrades(properties: Properties) -> Iterator[str]:
    settings = known(properties, "upgradeSettings")
    if not isinstance(settings, Mapping):
        return
    surge, unavailable = settings.get("maxSurge"), settings.get("maxUnavailable")
    if settings.get("strategy") == "BLUE_GREEN":
        if surge is not None or unavailable is not None:
            yield "upgradeSettings.maxSurge and maxUnavailable need strategy SURGE."
    elif surge is not None and unavailable is not None and not 1 <= surge + unavailable <= 20:  # noqa: PLR2004
        yield "upgradeSettings.maxSurge and maxUnavailable together have to be from 1 to 20."


def _in_cluster(resource: Resource, cloud: Cloud) -> Iterator[str | Refused]:
    cluster = _cluster_of(resource, cloud)
    if cluster is None:
        return
    if cluster.get("enableAutopilot"):
        yield "Autopilot clusters do not support mutating node pools. Leave gcp.container.NodePool out."
    if cluster.get("location") != resource.get("location"):
        yield Refused(
            404, f"Not found: {cluster.get('name')} in {resource.get('location')}; it is in another location."
        )
    for zone in resource.get("nodeLocations") or []:
        if region(str(zone)) != region(str(resource.get("location"))):
            yield f"nodeLocations has {zone}, which is not in {region(str(resource.get('location')))}."
    channel = cluster.get("releaseChannel.channel") or "REGULAR"
    for path, name in (("management.autoUpgrade", "Auto_upgrade"), ("management.autoRepair", "Auto_repair")):
        if channel != "UNSPECIFIED" and resource.get(path) is False:
            yield f"{name} must be true when release_channel {channel} is set."
    metadata = resource.get("nodeConfig.workloadMetadataConfig.mode")
    if metadata == "GKE_METADATA" and not cluster.get("workloadIdentityConfig.workloadPool"):
        yield "workloadMetadataConfig GKE_METADATA needs a cluster with workloadIdentityConfig."
    named = secondary_ranges(network_of(cluster, cloud)[1])
    pods = resource.get("networkConfig.podRange")
    if pods is not None and not resource.get("networkConfig.createPodRange") and pods not in named:
        yield f'networkConfig.podRange: the cluster\'s subnetwork has no secondary range named "{pods}".'


def _enough(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    count = _first(resource) * len(zones_of(resource, cloud))
    yield from shortage(resource.get("nodeConfig") or {}, count, resource, cloud)


def _pool(resource: Resource, cloud: Cloud) -> Properties:
    groups = [
        f"https://www.googleapis.com/compute/v1/projects/{resource.project}/zones/{zone}/instanceGroupManagers/"
        f"gke-{str(resource.get('cluster')).rpartition('/')[2][:20]}-{resource.get('name')}-{resource.hexadecimal(8)}-grp"
        for zone in zones_of(resource, cloud)
    ]
    cluster = _cluster_of(resource, cloud)
    return {
        "instanceGroupUrls": groups,
        "managedInstanceGroupUrls": [group.replace("instanceGroupManagers", "instanceGroups") for group in groups],
        "nodeLocations": zones_of(resource, cloud),
        "initialNodeCount": resource.get("initialNodeCount") or _first(resource),
        "nodeCount": resource.get("nodeCount") or _first(resource),
        "maxPodsPerNode": resource.get("maxPodsPerNode")
        or (cluster.get("defaultMaxPodsPerNode") if cluster is not None else None)
        or 110,
        "version": resource.get("version")
        or (cluster.outputs.get("masterVersion") if cluster is not None else VERSION),
        "operation": f"operation-{resource.number(13)}-{resource.hexadecimal(8)}",
    }


_NODE_POOLS: Final = Kind(
    token=NODE_POOL,
    id="projects/{project}/locations/{location}/clusters/{/cluster}/nodePools/{name}",
    api=API,
    source=DOCS + "projects.locations.clusters.nodePools",
    names=("name",),
    immutable=frozenset(
        {
            "cluster",
            "initialNodeCount",
            "location",
            "maxPodsPerNode",
            "name",
            "namePrefix",
            "networkConfig.acceleratorNetworkProfile",
            "networkConfig.additionalNodeNetworkConfigs",
            "networkConfig.additionalPodNetworkConfigs",
            "networkConfig.createPodRange",
            "networkConfig.podCidrOverprovisionConfig",
            "networkConfig.podIpv4CidrBlock",
            "networkConfig.podRange",
            "networkConfig.subnetwork",
            "placementPolicy",
            "project",
            "queuedProvisioning",
        }
        | {f"nodeConfig.{path}" for path in NODE_FIXED.split()}
    ),
    conflicts=(("name", "namePrefix"),),
    values={
        "name": re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
        "autoscaling.locationPolicy": words("BALANCED ANY"),
        "autoscaling.minNodeCount": range(1001),
        "autoscaling.maxNodeCount": range(1001),
        "maxPodsPerNode": range(8, 257),
        "nodeCount": range(15001),
        "upgradeSettings.strategy": words("SURGE BLUE_GREEN"),
        "deletionPolicy": DELETION_POLICY,
        **{f"nodeConfig.{path}": allowed for path, allowed in NODE_VALUES.items()},
    },
    validations=settled(_sizes, _upgrades, disks("nodeConfig")),
    references=(
        Reference(path="cluster", to=(CLUSTER,), inside=True),
        key("nodeConfig.bootDiskKmsKey"),
        account("nodeConfig.serviceAccount"),
    ),
    rules=(_in_cluster, usable_key("nodeConfig.bootDiskKmsKey", COMPUTE), _enough),
    outputs=_pool,
)

KINDS: Final = (_NODE_POOLS,)
