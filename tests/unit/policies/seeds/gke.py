"""Stacks whose cluster or nodes are weaker than they should be."""

from typing import Any, Final

from tests.unit.policies.seeds.seed import Seed

_CLUSTER: Final = "gcp:container/cluster:Cluster cluster"
_SERVICES: Final = "gcp:container/nodePool:NodePool cluster-services"
_DATABASE: Final = "gcp:container/nodePool:NodePool cluster-database"
_ADDRESS: Final = "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled"
_NETWORKS: Final = "masterAuthorizedNetworksConfig.cidrBlocks"
_SHIELD: Final = "nodeConfig.shieldedInstanceConfig"


def _cluster(name: str, rule: str, **change: Any) -> Seed:
    return Seed(name, rule, resource=_CLUSTER, **change)


def _services(name: str, rule: str, **change: Any) -> Seed:
    return Seed(name, rule, resource=_SERVICES, **change)


def _set(name: str, rule: str, key: str, value: Any) -> Seed:
    """A seed of the settings that the rule finds in the cluster."""
    return Seed(name, rule, settings={f"gcp.cluster.{key}": value}, finds=_CLUSTER)


SEEDS: Final = [
    _set("the cluster is in one zone", "gke-regional", "regional", False),  # noqa: FBT003 - a value
    _set("nothing is backed up", "gke-backed-up", "backup", None),
    _set("pods are not measured", "gke-monitoring", "managedPrometheus", False),  # noqa: FBT003 - a value
    _set("the bill is one sum", "gke-cost-allocation", "costAllocation", False),  # noqa: FBT003 - a value
    _set("any image runs", "gke-binary-authorization", "binaryAuthorization", "off"),
    _cluster(
        "nodes have public addresses", "gke-private-nodes", set={"privateClusterConfig.enablePrivateNodes": False}
    ),
    _cluster("the block of private nodes is gone", "gke-private-nodes", remove=["privateClusterConfig"]),
    _services("a pool has public addresses", "gke-private-nodes", set={"networkConfig.enablePrivateNodes": False}),
    _cluster(
        "the control plane is public for named networks",
        "gke-control-plane-private",
        set={_ADDRESS: True, _NETWORKS: [{"cidrBlock": "192.0.2.0/24"}]},
    ),
    _cluster(
        "everybody inside reaches the control plane",
        "gke-authorized-networks",
        set={_ADDRESS: True, "privateClusterConfig.enablePrivateEndpoint": True},
    ),
    _cluster(
        "the named network is everybody's",
        "gke-authorized-networks",
        set={
            _ADDRESS: True,
            "privateClusterConfig.enablePrivateEndpoint": True,
            _NETWORKS: [{"cidrBlock": "0.0.0.0/0"}],
        },
    ),
    _cluster("pods are reached by routes", "gke-vpc-native", set={"networkingMode": "ROUTES"}),
    _cluster("nothing enforces NetworkPolicies", "gke-network-policies", remove=["datapathProvider"]),
    _cluster("traffic within nodes is not seen", "gke-intranode-visibility", set={"enableIntranodeVisibility": False}),
    _cluster("pods have no identity", "gke-workload-identity", remove=["workloadIdentityConfig"]),
    _cluster(
        "a certificate is issued",
        "gke-no-client-certificates",
        set={"masterAuth.clientCertificateConfig.issueClientCertificate": True},
    ),
    _cluster("ABAC is on", "gke-no-legacy-abac", set={"enableLegacyAbac": True}),
    _cluster(
        "anonymous requests are answered",
        "gke-anonymous-requests",
        set={"anonymousAuthenticationConfig.mode": "ENABLED"},
    ),
    _cluster(
        "everybody with a Google account may be bound",
        "gke-anonymous-bindings",
        set={"rbacBindingConfig.enableInsecureBindingSystemAuthenticated": True},
    ),
    _cluster("Secrets are not encrypted", "gke-secrets-encrypted", set={"databaseEncryption": {"state": "DECRYPTED"}}),
    _cluster("Secrets are encrypted with no key", "gke-secrets-encrypted", remove=["databaseEncryption.keyName"]),
    _cluster("the provider deletes it", "gke-deletion-protection", set={"deletionProtection": False}),
    _cluster("the engine deletes it", "gke-deletion-protection", unprotect=True),
    _cluster("no agent makes the backups", "gke-backed-up", set={"addonsConfig.gkeBackupAgentConfig.enabled": False}),
    _cluster("nobody upgrades it", "gke-release-channel", set={"releaseChannel.channel": "UNSPECIFIED"}),
    _cluster("it is upgraded at any hour", "gke-maintenance-window", remove=["maintenancePolicy"]),
    _cluster("alpha features are on", "gke-no-alpha", set={"enableKubernetesAlpha": True}),
    _cluster("pods' logs are lost", "gke-logging", set={"loggingConfig.enableComponents": ["SYSTEM_COMPONENTS"]}),
    _cluster("nothing is measured", "gke-monitoring", set={"monitoringConfig.enableComponents": []}),
    _cluster("its posture is not watched", "gke-security-posture", set={"securityPostureConfig.mode": "DISABLED"}),
    _cluster("the default pool stays", "gke-default-pool-removed", set={"removeDefaultNodePool": False}),
    _cluster("nodes are not shielded", "gke-shielded-nodes", set={"enableShieldedNodes": False}),
    _services("nodes boot anything", "gke-secure-boot", set={f"{_SHIELD}.enableSecureBoot": False}),
    _services(
        "nobody watches the boot", "gke-integrity-monitoring", set={f"{_SHIELD}.enableIntegrityMonitoring": False}
    ),
    _services(
        "pods read the node's token",
        "gke-metadata-server",
        set={"nodeConfig.workloadMetadataConfig.mode": "GCE_METADATA"},
    ),
    _services("the old endpoints answer", "gke-legacy-metadata", remove=["nodeConfig.metadata"]),
    _services("nodes run another system", "gke-node-image", set={"nodeConfig.imageType": "UBUNTU_CONTAINERD"}),
    _services(
        "the kubelet tells everybody",
        "gke-kubelet-read-only-port",
        set={"nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled": "TRUE"},
    ),
    _services("nodes run as the default account", "gke-node-account", remove=["nodeConfig.serviceAccount"]),
    _services("boot disks have Google's key", "gke-boot-disk-key", remove=["nodeConfig.bootDiskKmsKey"]),
    _services("sick nodes stay", "gke-auto-repair", set={"management.autoRepair": False}),
    _services("old nodes stay", "gke-auto-upgrade", set={"management.autoUpgrade": False}),
    _services("a pool can't grow", "gke-pool-bounds", remove=["autoscaling"]),
    _services("an upgrade takes nodes first", "gke-pool-surge", set={"upgradeSettings.maxUnavailable": 1}),
    Seed("the database runs on Spot VMs", "gke-stateful-not-spot", resource=_DATABASE, set={"nodeConfig.spot": True}),
    Seed(
        "services run beside the database",
        "gke-stateful-pool-tainted",
        resource=_DATABASE,
        remove=["nodeConfig.taints"],
    ),
]
