"""GKE's clusters. The local cluster stands in for every one of them: its endpoint, its authority.

Not modelled: what runs in a cluster, upgrades, how long anything takes, and the load balancers and firewall rules that
controllers in the cluster make. Node pools are in `container_nodes.py`.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource, look
from local.gcp.rules import (
    CLUSTER,
    DELETION_POLICY,
    INSTANT,
    NETWORK,
    NODE_POOL,
    SUBNETWORK,
    TOPIC,
    account,
    given,
    key,
    known,
    labels,
    place,
    region,
    settled,
    together,
    unique,
    usable_key,
    values,
    words,
)
from local.gcp.services.agents import COMPUTE, GKE
from local.gcp.services.container_nodes import (
    API,
    DOCS,
    NODE_FIXED,
    NODE_VALUES,
    VERSION,
    disks,
    network_of,
    secondary_ranges,
    shortage,
    zones_of,
)


def _autopilot(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/kubernetes-engine/docs/resources/autopilot-standard-feature-comparison."""
    if known(properties, "enableAutopilot") is not True:
        return
    if given(properties, "nodeConfig"):
        yield (
            "nodeConfig is set on an Autopilot cluster: Google decides it, and the next update would replace the "
            "cluster. Use clusterAutoscaling.autoProvisioningDefaults for the account and the key of nodes."
        )
    for addon in ("httpLoadBalancing", "horizontalPodAutoscaling"):
        if known(properties, f"addonsConfig.{addon}.disabled"):
            yield f"addonsConfig.{addon} cannot be disabled on an Autopilot cluster."
    if known(properties, "datapathProvider") == "LEGACY_DATAPATH":
        yield "datapathProvider is LEGACY_DATAPATH; an Autopilot cluster always has ADVANCED_DATAPATH."
    if known(properties, "releaseChannel.channel") == "UNSPECIFIED":
        yield "releaseChannel.channel is UNSPECIFIED; an Autopilot cluster is always in a release channel."
    if known(properties, "networkingMode") == "ROUTES":
        yield "networkingMode is ROUTES; an Autopilot cluster is VPC_NATIVE."
    if known(properties, "verticalPodAutoscaling.enabled") is False:
        yield "verticalPodAutoscaling cannot be disabled on an Autopilot cluster."


def _regional(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    location = str(resource.get("location"))
    if resource.get("enableAutopilot") and region(location) != location:
        yield f"Autopilot clusters must be regional clusters; location is the zone {location}."
    given = resource.get("nodeLocations") or []
    for zone in given:
        if region(str(zone)) != region(location):
            yield f"nodeLocations has {zone}, which is not in {region(location)}."
    if location in given:
        yield "when using a multi-zonal cluster, nodeLocations should not contain the original 'zone'"


def _features(properties: Properties) -> Iterator[str]:
    advanced = known(properties, "datapathProvider") == "ADVANCED_DATAPATH"
    if advanced and known(properties, "networkPolicy.enabled"):
        yield "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed."
    for path in ("enableFqdnNetworkPolicy", "enableCiliumClusterwideNetworkPolicy"):
        if known(properties, path) and not advanced and not known(properties, "enableAutopilot"):
            yield f"{path} needs datapathProvider ADVANCED_DATAPATH."
    gateway = known(properties, "gatewayApiConfig.channel")
    if gateway in ("CHANNEL_STANDARD", "CHANNEL_EXPERIMENTAL"):
        if known(properties, "addonsConfig.httpLoadBalancing.disabled"):
            yield "gatewayApiConfig needs addonsConfig.httpLoadBalancing: do not disable it."
        if known(properties, "networkingMode") == "ROUTES":
            yield "gatewayApiConfig needs a VPC-native cluster."
    if known(properties, "nodeVersion") and known(properties, "removeDefaultNodePool"):
        yield "nodeVersion can only be specified if removeDefaultNodePool is not true."
    tags = known(properties, "nodePoolAutoConfig.networkTags.tags")
    if tags and not (known(properties, "enableAutopilot") or known(properties, "clusterAutoscaling.enabled")):
        yield "nodePoolAutoConfig network tags can only be set if enableAutopilot or clusterAutoscaling is enabled."


def _nodes_given(properties: Properties) -> Iterator[str]:
    if not any(known(properties, path) for path in ("enableAutopilot", "nodePools", "initialNodeCount")):
        yield (
            "Cluster.initial_node_count must be greater than zero: a Standard cluster is made with a default pool. Set "
            "initialNodeCount to 1, with removeDefaultNodePool if its pools are gcp.container.NodePool."
        )


def _control_plane(properties: Properties) -> Iterator[str]:
    private = known(properties, "privateClusterConfig") or {}
    if private.get("masterIpv4CidrBlock") and private.get("privateEndpointSubnetwork"):
        yield "privateClusterConfig has masterIpv4CidrBlock and privateEndpointSubnetwork, which exclude each other."
    block = private.get("masterIpv4CidrBlock")
    if isinstance(block, str) and block:
        try:
            network = ipaddress.ip_network(block)
        except ValueError as error:
            yield f"privateClusterConfig.masterIpv4CidrBlock is {block!r}, which is no IP range: {error}."
            return
        if network.prefixlen != 28:  # noqa: PLR2004
            yield f"privateClusterConfig.masterIpv4CidrBlock is {block}; a /28 is required."
        if not network.is_private:
            yield f"privateClusterConfig.masterIpv4CidrBlock is {block}; a range of RFC 1918 is required."
    by_dns = known(properties, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic")
    if known(properties, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is False and by_dns is False:
        yield (
            "controlPlaneEndpointsConfig lets nobody in: ipEndpointsConfig is disabled and dnsEndpointConfig does not "
            "allowExternalTraffic. Allow one of them."
        )


def _ranges(resource: Resource, cloud: Cloud) -> Iterator[str | Refused]:
    """Source: cloud.google.com/kubernetes-engine/docs/concepts/alias-ips."""
    network, subnetwork = network_of(resource, cloud)
    if network is None:
        yield Refused(
            404,
            f'Network "{resource.get("network") or "default"}" does not exist. Name one of gcp.compute.Network.',
        )
        return
    if subnetwork is None:
        if network.get("autoCreateSubnetworks") is False:
            yield f'Network "{network.get("name")}" requires specifying a subnetwork: it is in custom mode.'
        return
    at = cloud.find((NETWORK,), str(subnetwork.get("network")), subnetwork)
    if at is None or at.id != network.id:
        yield f'Subnetwork "{subnetwork.get("name")}" is not in network "{network.get("name")}".'
    if subnetwork.get("region") != region(str(resource.get("location"))):
        yield f'Subnetwork "{subnetwork.get("name")}" is in {subnetwork.get("region")}; the cluster is not.'
    named = secondary_ranges(subnetwork)
    given = [
        resource.get(f"ipAllocationPolicy.{path}")
        for path in ("clusterSecondaryRangeName", "servicesSecondaryRangeName")
    ]
    for name in given:
        if name is not None and name not in named:
            yield f'Subnetwork "{subnetwork.get("name")}" does not have a secondary range named "{name}".'
    if given[0] is not None and given[0] == given[1]:
        yield f'Pods and services cannot both have the secondary range "{given[0]}".'
    block = resource.get("privateClusterConfig.masterIpv4CidrBlock")
    if block:
        own = ipaddress.ip_network(str(block))
        taken = {f"the range of {subnetwork.get('name')}": str(subnetwork.get("ipCidrRange")), **named}
        for name, text in taken.items():
            if own.overlaps(ipaddress.ip_network(text)):
                yield f"The given master_ipv4_cidr {block} overlaps with {name} ({text}). Use another range."


def _identity(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    pool, own = resource.get("workloadIdentityConfig.workloadPool"), f"{resource.project}.svc.id.goog"
    if pool and pool != own:
        yield f"Currently, the only supported identity namespace is the identity namespace of the project: {own}."
    if resource.get("databaseEncryption.state") in ("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED") and not resource.get(
        "databaseEncryption.keyName"
    ):
        yield "databaseEncryption.keyName is required where state is ENCRYPTED."


def _first_pool(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    if resource.outputs or resource.get("enableAutopilot") or resource.get("nodePools"):
        return
    count = int(resource.get("initialNodeCount") or 0) * len(zones_of(resource, cloud))
    yield from shortage(resource.get("nodeConfig") or {}, count, resource, cloud)


# Maintenance

_DAYS: Final = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
_RECURRENCE: Final = re.compile(r"(RRULE:)?FREQ=(DAILY|WEEKLY)(;(BYDAY|INTERVAL|WKST)=[A-Z0-9,]+)*")
_WINDOW: Final = timedelta(hours=4)
_AVAILABLE: Final = timedelta(hours=48)
_EXCLUDED: Final = timedelta(days=30)
_EXCLUSIONS: Final = 3


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if INSTANT.fullmatch(str(text)) else None


def _window(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions."""
    window = known(properties, "maintenancePolicy.recurringWindow")
    if not isinstance(window, Mapping):
        return
    start, end = _moment(window.get("startTime")), _moment(window.get("endTime"))
    recurrence = str(window.get("recurrence"))
    if start is None or end is None or not _RECURRENCE.fullmatch(recurrence):
        return
    length = end - start
    if length < _WINDOW:
        yield f"maintenancePolicy.recurringWindow is {length} long; at least 4 hours are required."
    days = re.search(r"BYDAY=([A-Z,]+)", recurrence)
    named = set(days[1].split(",")) if days else set()
    if named - _DAYS:
        yield f"maintenancePolicy.recurringWindow.recurrence has {', '.join(sorted(named - _DAYS))}, which are no days."
    times = 32 if "FREQ=DAILY" in recurrence else 32 // 7 * (len(named) or 1)
    if times * length < _AVAILABLE:
        yield (
            "maintenance policy would go longer than 32d without 48h maintenance availability: "
            f"{recurrence} gives {times} windows of {length}. Make the window longer, or of more days."
        )


def _exclusions(properties: Properties) -> Iterator[str]:
    given = [one for _, one in values(properties, "maintenancePolicy.maintenanceExclusions.*")]
    none = [one for one in given if (one.get("exclusionOptions") or {}).get("scope", "NO_UPGRADES") == "NO_UPGRADES"]
    if len(none) > _EXCLUSIONS:
        yield f"maintenancePolicy has {len(none)} exclusions of NO_UPGRADES; at most {_EXCLUSIONS} are allowed."
    for one in given:
        start, end = _moment(one.get("startTime")), _moment(one.get("endTime"))
        name = one.get("exclusionName")
        if start is not None and end is not None and end <= start:
            yield f"The exclusion {name!r} ends before it starts."
        if start is not None and end is not None and one in none and end - start > _EXCLUDED:
            yield f"The exclusion {name!r} of NO_UPGRADES is {(end - start).days} days long; at most 30 are allowed."
        if one.get("endTime") is None and (one.get("exclusionOptions") or {}).get("endTimeBehavior") is None:
            yield f"The exclusion {name!r} has no endTime; it or endTimeBehavior is required."
        if one not in none and known(properties, "releaseChannel.channel") == "UNSPECIFIED":
            yield f"The exclusion {name!r} needs a cluster in a release channel."


def _turned_off(path: str) -> Any:
    """A switch that only a new cluster can turn off."""

    def change(old: Properties, new: Properties) -> Iterator[str]:
        if old.get(path) is True and new.get(path) is not True:
            yield path

    return change


def _fewer_apis(old: Properties, new: Properties) -> Iterator[str]:
    path = "enableK8sBetaApis.enabledApis"
    before, after = look(old, path), look(new, path) or []
    if isinstance(before, list) and isinstance(after, list) and set(before) - set(after):
        yield path


def _domain(old: Properties, new: Properties) -> Iterator[str]:
    path = "dnsConfig.additiveVpcScopeDnsDomain"
    if new.get("enableAutopilot") is True and look(old, path) != look(new, path):
        yield path


# What Google fills in


def _cluster(resource: Resource, cloud: Cloud) -> Properties:
    stand_in = cloud.local_cluster()
    _, subnetwork = network_of(resource, cloud)
    named = secondary_ranges(subnetwork)
    pods = named.get(str(resource.get("ipAllocationPolicy.clusterSecondaryRangeName")), "10.4.0.0/14")
    services = named.get(str(resource.get("ipAllocationPolicy.servicesSecondaryRangeName")), "34.118.224.0/20")
    version = resource.outputs.get("masterVersion") or resource.get("minMasterVersion") or VERSION
    version = version if "-gke." in version else f"{version}-gke.1000"
    autopilot = bool(resource.get("enableAutopilot"))
    return {
        "selfLink": f"https://container.googleapis.com/v1/{resource.id}",
        "endpoint": stand_in.endpoint,
        "masterAuth": {"clusterCaCertificate": stand_in.ca, "clientCertificate": "", "clientKey": ""},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": stand_in.host}},
        "privateClusterConfig": {"privateEndpoint": "10.0.0.2", "publicEndpoint": stand_in.endpoint, "peeringName": ""},
        "masterVersion": version,
        "nodeVersion": resource.get("nodeVersion") or version,
        "clusterIpv4Cidr": pods,
        "servicesIpv4Cidr": services,
        "ipAllocationPolicy": {"clusterIpv4CidrBlock": pods, "servicesIpv4CidrBlock": services},
        "networkingMode": resource.get("networkingMode") or "VPC_NATIVE",
        "datapathProvider": resource.get("datapathProvider")
        or ("ADVANCED_DATAPATH" if autopilot else "LEGACY_DATAPATH"),
        "nodeLocations": resource.get("nodeLocations")
        or [zone for zone in zones_of(resource, cloud) if zone != resource.get("location")],
        "labelFingerprint": resource.hexadecimal(8, "labels"),
        "operation": f"operation-{resource.number(13)}-{resource.hexadecimal(8)}",
        "loggingService": resource.get("loggingService") or "logging.googleapis.com/kubernetes",
        "monitoringService": resource.get("monitoringService") or "monitoring.googleapis.com/kubernetes",
        "releaseChannel": {"channel": resource.get("releaseChannel.channel") or "REGULAR"},
        "tpuIpv4CidrBlock": "",
    }


def _default_pool(resource: Resource, _cloud: Cloud) -> Iterator[tuple[str, Properties]]:
    if resource.get("enableAutopilot") or resource.get("removeDefaultNodePool"):
        return
    for pool in resource.get("nodePools") or [{"name": "default-pool"}]:
        yield (
            NODE_POOL,
            {
                "name": pool.get("name", "default-pool"),
                "cluster": resource.get("name"),
                "location": resource.get("location"),
                "initialNodeCount": pool.get("initialNodeCount") or resource.get("initialNodeCount") or 1,
                "nodeConfig": pool.get("nodeConfig") or resource.get("nodeConfig") or {},
            },
        )


_NOT_ON_AUTOPILOT: Final = words(
    "addonsConfig.dnsCacheConfig addonsConfig.networkPolicyConfig addonsConfig.statefulHaConfig "
    "binaryAuthorization.enabled clusterAutoscaling.enabled clusterAutoscaling.resourceLimits defaultMaxPodsPerNode "
    "enableIntranodeVisibility enableShieldedNodes networkPolicy nodePools removeDefaultNodePool"
)
"""Excluded by enableAutopilot being set, be it true or false: leave it out of a Standard cluster."""

_ADDONS: Final = words(
    "agentSandboxConfig cloudrunConfig configConnectorConfig dnsCacheConfig gcePersistentDiskCsiDriverConfig "
    "gcpFilestoreCsiDriverConfig gcsFuseCsiDriverConfig gkeBackupAgentConfig highScaleCheckpointingConfig "
    "horizontalPodAutoscaling httpLoadBalancing istioConfig kalmConfig lustreCsiDriverConfig networkPolicyConfig "
    "nodeReadinessConfig parallelstoreCsiDriverConfig podSnapshotConfig rayOperatorConfigs sliceControllerConfig "
    "slurmOperatorConfig statefulHaConfig"
)

_CLUSTERS: Final = Kind(
    token=CLUSTER,
    id="projects/{project}/locations/{location}/clusters/{name}",
    api=API,
    source=DOCS + "projects.locations.clusters",
    immutable=frozenset(
        {
            "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey",
            "clusterIpv4Cidr",
            "confidentialNodes",
            "dataplaneOptimizationMode",
            "datapathProvider",
            "defaultMaxPodsPerNode",
            "description",
            "enableAutopilot",
            "enableKubernetesAlpha",
            "enableTpu",
            "initialNodeCount",
            "ipAllocationPolicy.clusterIpv4CidrBlock",
            "ipAllocationPolicy.clusterSecondaryRangeName",
            "ipAllocationPolicy.podCidrOverprovisionConfig",
            "ipAllocationPolicy.servicesIpv4CidrBlock",
            "ipAllocationPolicy.servicesSecondaryRangeName",
            "location",
            "masterAuth.clientCertificateConfig",
            "name",
            "network",
            "networkingMode",
            "privateClusterConfig.masterIpv4CidrBlock",
            "privateClusterConfig.privateEndpointSubnetwork",
            "project",
            "subnetwork",
            "tpuConfig",
            "userManagedKeysConfig.aggregationCa",
            "userManagedKeysConfig.clusterCa",
            "userManagedKeysConfig.etcdApiCa",
            "userManagedKeysConfig.etcdPeerCa",
        }
        | {f"nodeConfig.{path}" for path in NODE_FIXED.split()}
    ),
    replaced_by=(
        _turned_off("enableL4IlbSubsetting"),
        _turned_off("enableFqdnNetworkPolicy"),
        _fewer_apis,
        _domain,
    ),
    one_of=(
        (
            "maintenancePolicy.dailyMaintenanceWindow",
            "maintenancePolicy.recurringWindow",
            "maintenancePolicy.recurringMaintenanceWindow",
        ),
    ),
    at_least_one_of=(
        tuple(sorted(f"addonsConfig.{name}" for name in _ADDONS)),
        (
            "privateClusterConfig.enablePrivateEndpoint",
            "privateClusterConfig.enablePrivateNodes",
            "privateClusterConfig.masterIpv4CidrBlock",
            "privateClusterConfig.privateEndpointSubnetwork",
            "privateClusterConfig.masterGlobalAccessConfig",
        ),
    ),
    conflicts=(
        *(("enableAutopilot", path) for path in sorted(_NOT_ON_AUTOPILOT)),
        ("binaryAuthorization.enabled", "binaryAuthorization.evaluationMode"),
        ("clusterIpv4Cidr", "ipAllocationPolicy"),
        ("clusterTelemetry", "loggingService"),
        ("clusterTelemetry", "monitoringService"),
        ("ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.clusterSecondaryRangeName"),
        ("ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName"),
        ("ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.clusterSecondaryRangeName"),
        ("ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName"),
    ),
    values={
        "name": re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
        "addonsConfig.cloudrunConfig.loadBalancerType": words("LOAD_BALANCER_TYPE_INTERNAL"),
        "anonymousAuthenticationConfig.mode": words("ENABLED LIMITED"),
        "binaryAuthorization.evaluationMode": words("DISABLED PROJECT_SINGLETON_POLICY_ENFORCE"),
        "clusterAutoscaling.autoscalingProfile": words("BALANCED OPTIMIZE_UTILIZATION"),
        "clusterAutoscaling.autoProvisioningDefaults.diskType": words(
            "pd-standard pd-ssd pd-balanced hyperdisk-balanced"
        ),
        "clusterAutoscaling.autoProvisioningDefaults.diskSize": range(10, 65537),
        "clusterAutoscaling.autoProvisioningDefaults.imageType": words("COS_CONTAINERD COS UBUNTU_CONTAINERD UBUNTU"),
        "clusterAutoscaling.autoProvisioningDefaults.upgradeSettings.strategy": words(
            "NODE_POOL_UPDATE_STRATEGY_UNSPECIFIED BLUE_GREEN SURGE"
        ),
        "clusterTelemetry.type": words("DISABLED ENABLED SYSTEM_ONLY"),
        "confidentialNodes.confidentialInstanceType": words("SEV SEV_SNP TDX"),
        "databaseEncryption.state": words("ENCRYPTED ALL_OBJECTS_ENCRYPTION_ENABLED DECRYPTED"),
        "datapathProvider": words("DATAPATH_PROVIDER_UNSPECIFIED LEGACY_DATAPATH ADVANCED_DATAPATH"),
        "defaultMaxPodsPerNode": range(8, 257),
        "dnsConfig.clusterDns": words("PROVIDER_UNSPECIFIED PLATFORM_DEFAULT CLOUD_DNS KUBE_DNS"),
        "dnsConfig.clusterDnsScope": words("DNS_SCOPE_UNSPECIFIED CLUSTER_SCOPE VPC_SCOPE"),
        "fleet.membershipType": words("LIGHTWEIGHT"),
        "gatewayApiConfig.channel": words("CHANNEL_DISABLED CHANNEL_EXPERIMENTAL CHANNEL_STANDARD"),
        "inTransitEncryptionConfig": words(
            "IN_TRANSIT_ENCRYPTION_CONFIG_UNSPECIFIED IN_TRANSIT_ENCRYPTION_DISABLED "
            "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT"
        ),
        "ipAllocationPolicy.stackType": words("IPV4 IPV4_IPV6"),
        "loggingConfig.enableComponents.*": words(
            "SYSTEM_COMPONENTS APISERVER CONTROLLER_MANAGER KCP_CONNECTION KCP_SSHD KCP_HPA KCP_VPA SCHEDULER WORKLOADS"
        ),
        "loggingService": words("logging.googleapis.com logging.googleapis.com/kubernetes none"),
        "maintenancePolicy.dailyMaintenanceWindow.startTime": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
        "maintenancePolicy.recurringWindow.startTime": INSTANT,
        "maintenancePolicy.recurringWindow.endTime": INSTANT,
        "maintenancePolicy.recurringWindow.recurrence": _RECURRENCE,
        "maintenancePolicy.maintenanceExclusions.*.startTime": INSTANT,
        "maintenancePolicy.maintenanceExclusions.*.endTime": INSTANT,
        "maintenancePolicy.maintenanceExclusions.*.exclusionOptions.scope": words(
            "NO_UPGRADES NO_MINOR_UPGRADES NO_MINOR_OR_NODE_UPGRADES"
        ),
        "maintenancePolicy.maintenanceExclusions.*.exclusionOptions.endTimeBehavior": words("UNTIL_END_OF_SUPPORT"),
        "minMasterVersion": re.compile(r"\d+\.\d+(\.\d+)?(-gke\.\d+)?|latest|-"),
        "monitoringConfig.enableComponents.*": words(
            "SYSTEM_COMPONENTS APISERVER SCHEDULER CONTROLLER_MANAGER STORAGE HPA POD DAEMONSET DEPLOYMENT STATEFULSET "
            "KUBELET CADVISOR DCGM JOBSET WORKLOADS"
        ),
        "monitoringConfig.managedPrometheus.autoMonitoringConfig.scope": words("ALL NONE"),
        "managedOpentelemetryConfig.scope": words("SCOPE_UNSPECIFIED NONE COLLECTION_AND_INSTRUMENTATION_COMPONENTS"),
        "monitoringService": words("monitoring.googleapis.com monitoring.googleapis.com/kubernetes none"),
        "networkPolicy.provider": words("PROVIDER_UNSPECIFIED CALICO"),
        "networkingMode": words("VPC_NATIVE ROUTES"),
        "nodePoolAutoConfig.nodeKubeletConfig.insecureKubeletReadonlyPortEnabled": words("TRUE FALSE"),
        "nodeCreationConfig.nodeCreationMode": words("VIA_KUBELET VIA_CONTROL_PLANE"),
        "notificationConfig.pubsub.filter.eventTypes.*": words(
            "UPGRADE_AVAILABLE_EVENT UPGRADE_EVENT SECURITY_BULLETIN_EVENT UPGRADE_INFO_EVENT"
        ),
        "podAutoscaling.hpaProfile": words("NONE PERFORMANCE"),
        "releaseChannel.channel": words("UNSPECIFIED RAPID REGULAR STABLE EXTENDED"),
        "securityPostureConfig.mode": words("DISABLED BASIC ENTERPRISE MODE_UNSPECIFIED"),
        "securityPostureConfig.vulnerabilityMode": words(
            "VULNERABILITY_DISABLED VULNERABILITY_BASIC VULNERABILITY_ENTERPRISE VULNERABILITY_MODE_UNSPECIFIED"
        ),
        "autopilotPrivilegedAdmissions.*": re.compile(r"((gke|gs)://.+)?"),
        "deletionPolicy": DELETION_POLICY,
        **{f"nodeConfig.{path}": allowed for path, allowed in NODE_VALUES.items()},
    },
    validations=settled(
        labels("resourceLabels"),
        _autopilot,
        _features,
        _nodes_given,
        _control_plane,
        _window,
        _exclusions,
        disks("nodeConfig"),
        together("notificationConfig.pubsub.enabled", value=True, needs="notificationConfig.pubsub.topic"),
        unique("maintenancePolicy.maintenanceExclusions.*.exclusionName"),
    ),
    defaults={"deletionProtection": True},
    computed=frozenset(
        {
            "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
            "ipAllocationPolicy.clusterIpv4CidrBlock",
            "ipAllocationPolicy.servicesIpv4CidrBlock",
            "masterAuth.clientCertificate",
            "masterAuth.clientKey",
            "masterAuth.clusterCaCertificate",
            "privateClusterConfig.peeringName",
            "privateClusterConfig.privateEndpoint",
            "privateClusterConfig.publicEndpoint",
        }
    ),
    references=(
        Reference(path="network", to=(NETWORK,)),
        Reference(path="subnetwork", to=(SUBNETWORK,)),
        Reference(path="privateClusterConfig.privateEndpointSubnetwork", to=(SUBNETWORK,)),
        Reference(path="notificationConfig.pubsub.topic", to=(TOPIC,), holds=False, status=400),
        key("databaseEncryption.keyName"),
        key("nodeConfig.bootDiskKmsKey"),
        key("clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey"),
        account("nodeConfig.serviceAccount"),
        account("clusterAutoscaling.autoProvisioningDefaults.serviceAccount"),
    ),
    rules=(
        place("location", zonal=True),
        _regional,
        _ranges,
        _identity,
        usable_key("databaseEncryption.keyName", GKE),
        usable_key("nodeConfig.bootDiskKmsKey", COMPUTE),
        usable_key("clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey", COMPUTE),
        _first_pool,
    ),
    protected="deletionProtection",
    outputs=_cluster,
    companions=_default_pool,
)

KINDS: Final = (_CLUSTERS,)
