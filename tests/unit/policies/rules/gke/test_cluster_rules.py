"""The cluster: each rule of it, passing, failing, unknown and unrelated."""

from typing import Final

from policies.capture import UNKNOWN
from policies.rules._grants import CLUSTER, PROJECT
from policies.rules.gke import (
    anonymous_bindings,
    anonymous_requests,
    authorized_networks,
    backed_up,
    binary_authorization,
    control_plane_private,
    cost_allocation,
    default_pool_removed,
    deletion_protection,
    intranode_visibility,
    logging,
    maintenance_window,
    monitoring,
    network_policies,
    no_alpha,
    no_client_certificates,
    no_legacy_abac,
    private_nodes,
    regional,
    release_channel,
    secrets_encrypted,
    security_posture,
    shielded_nodes,
    vpc_native,
    workload_identity,
)
from tests.unit.policies.rules.cases import (
    GONE,
    added,
    changed,
    edited,
    four_cases,
    made,
    stack_of,
    unprotected,
    without,
)

THE: Final = f"prod {CLUSTER} cluster"
NAMED: Final = f"{CLUSTER} cluster"
AUTOPILOT: Final = {"enableAutopilot": True}
ADDRESS: Final = "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled"
PRIVATE: Final = "privateClusterConfig.enablePrivateEndpoint"
NETWORKS: Final = "masterAuthorizedNetworksConfig.cidrBlocks"
GOOGLE: Final = "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled"
CERTIFICATE: Final = "masterAuth.clientCertificateConfig.issueClientCertificate"
AGENT: Final = "addonsConfig.gkeBackupAgentConfig.enabled"
POOL: Final = "workloadIdentityConfig.workloadPool"
WINDOW: Final = "maintenancePolicy.recurringWindow"
PLAN: Final = "gcp:gkebackup/backupPlan:BackupPlan"

test_private_nodes = four_cases(
    private_nodes.RULE,
    THE,
    failing=[{"privateClusterConfig.enablePrivateNodes": False}, {"privateClusterConfig": GONE}],
    unknown=["privateClusterConfig.enablePrivateNodes"],
)
test_a_pool_may_not_undo_that_nodes_are_private = four_cases(
    private_nodes.RULE,
    "prod gcp:container/nodePool:NodePool cluster-services",
    passing=[{"networkConfig.enablePrivateNodes": True}],
    failing=[{"networkConfig.enablePrivateNodes": False}],
    unknown=["networkConfig.enablePrivateNodes"],
)
test_control_plane_private = four_cases(
    control_plane_private.RULE,
    THE,
    passing=[{ADDRESS: True, PRIVATE: True}],
    failing=[{ADDRESS: True}, {"controlPlaneEndpointsConfig": GONE}, {ADDRESS: True, PRIVATE: False}],
    unknown=[ADDRESS, {ADDRESS: True, PRIVATE: UNKNOWN}],
)
test_authorized_networks = four_cases(
    authorized_networks.RULE,
    made(CLUSTER, masterAuthorizedNetworksConfig={"cidrBlocks": [{"cidrBlock": "192.0.2.0/24"}]}),
    failing=[
        {"masterAuthorizedNetworksConfig": GONE},
        {NETWORKS: []},
        {NETWORKS: [{"cidrBlock": "0.0.0.0/0"}]},
        {NETWORKS: [{"cidrBlock": "192.0.2.0/24"}, {"cidrBlock": "128.0.0.0/1"}]},
        {NETWORKS: [{"cidrBlock": "::/0"}]},
        {NETWORKS: [{"cidrBlock": "everywhere"}]},
        {NETWORKS: [{"displayName": "office"}]},
        {GOOGLE: True},
    ],
    unknown=[ADDRESS, NETWORKS, GOOGLE],
    not_applicable=[{ADDRESS: False}],
)
test_vpc_native = four_cases(
    vpc_native.RULE,
    THE,
    failing=[{"networkingMode": "ROUTES"}, {"ipAllocationPolicy": GONE}],
    unknown=["networkingMode", "ipAllocationPolicy.clusterSecondaryRangeName"],
)
test_network_policies = four_cases(
    network_policies.RULE,
    THE,
    passing=[{"datapathProvider": GONE, "networkPolicy.enabled": True}],
    failing=[{"datapathProvider": GONE}, {"datapathProvider": "LEGACY_DATAPATH", "networkPolicy.enabled": False}],
    unknown=["datapathProvider", {"datapathProvider": GONE, "networkPolicy.enabled": UNKNOWN}],
    not_applicable=[AUTOPILOT],
)
test_intranode_visibility = four_cases(
    intranode_visibility.RULE,
    THE,
    failing=[{"enableIntranodeVisibility": False}, {"enableIntranodeVisibility": GONE}],
    unknown=["enableIntranodeVisibility", "enableAutopilot"],
    not_applicable=[AUTOPILOT],
)
test_workload_identity = four_cases(
    workload_identity.RULE,
    THE,
    passing=[
        lambda _: made(
            CLUSTER, workloadIdentityConfig={"workloadPool": UNKNOWN}, sources={"workloadIdentityConfig": [PROJECT]}
        )
    ],
    failing=[{"workloadIdentityConfig": GONE}, {POOL: ""}],
    unknown=[POOL],
    not_applicable=[AUTOPILOT],
)
test_no_client_certificates = four_cases(
    no_client_certificates.RULE,
    THE,
    passing=[{"masterAuth": GONE}],
    failing=[{CERTIFICATE: True}],
    unknown=[CERTIFICATE],
)
test_no_legacy_abac = four_cases(
    no_legacy_abac.RULE, THE, failing=[{"enableLegacyAbac": True}], unknown=["enableLegacyAbac"]
)
test_anonymous_requests = four_cases(
    anonymous_requests.RULE,
    THE,
    failing=[{"anonymousAuthenticationConfig.mode": "ENABLED"}, {"anonymousAuthenticationConfig": GONE}],
    unknown=["anonymousAuthenticationConfig.mode"],
)
test_anonymous_bindings = four_cases(
    anonymous_bindings.RULE,
    THE,
    failing=[
        {"rbacBindingConfig.enableInsecureBindingSystemAuthenticated": True},
        {"rbacBindingConfig.enableInsecureBindingSystemUnauthenticated": GONE},
    ],
    unknown=["rbacBindingConfig"],
)
test_secrets_encrypted = four_cases(
    secrets_encrypted.RULE,
    THE,
    passing=[{"databaseEncryption.keyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}],
    failing=[
        {"databaseEncryption.state": "DECRYPTED"},
        {"databaseEncryption": GONE},
        {"databaseEncryption.keyName": GONE},
        {"databaseEncryption.keyName": "k"},
    ],
    unknown=["databaseEncryption.state", "databaseEncryption.keyName"],
)
test_deletion_protection = four_cases(
    deletion_protection.RULE,
    THE,
    passing=[{"deletionProtection": GONE}],
    failing=[{"deletionProtection": False}, unprotected],
    unknown=["deletionProtection"],
)
test_backed_up = four_cases(
    backed_up.RULE,
    "prod",
    passing=[
        lambda _: stack_of(
            edited(made(CLUSTER), {"name": "shop", AGENT: True}),
            made(PLAN, "plan", cluster="projects/p/locations/l/clusters/shop"),
        )
    ],
    failing=[
        without(PLAN),
        changed(NAMED, {AGENT: False}),
        changed(PLAN, {"cluster": "projects/p/locations/l/clusters/another"}),
        added(made(CLUSTER, "second")),
    ],
    unknown=[changed(NAMED, {AGENT: UNKNOWN}), changed(PLAN, {"cluster": UNKNOWN})],
)
test_regional = four_cases(
    regional.RULE, THE, failing=[{"location": "us-central1-b"}, {"location": GONE}], unknown=["location"]
)
test_release_channel = four_cases(
    release_channel.RULE,
    THE,
    failing=[{"releaseChannel": GONE}, {"releaseChannel.channel": "UNSPECIFIED"}],
    unknown=["releaseChannel.channel"],
)
test_maintenance_window = four_cases(
    maintenance_window.RULE,
    THE,
    passing=[{WINDOW: GONE, "maintenancePolicy.dailyMaintenanceWindow": {"startTime": "03:00"}}],
    failing=[{"maintenancePolicy": GONE}, {WINDOW: GONE}],
    unknown=[WINDOW, "maintenancePolicy.dailyMaintenanceWindow"],
)
test_no_alpha = four_cases(
    no_alpha.RULE, THE, failing=[{"enableKubernetesAlpha": True}], unknown=["enableKubernetesAlpha"]
)
test_logging = four_cases(
    logging.RULE,
    THE,
    passing=[{"loggingConfig.enableComponents": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}],
    failing=[
        {"loggingConfig": GONE},
        {"loggingConfig.enableComponents": []},
        {"loggingConfig.enableComponents": ["SYSTEM_COMPONENTS"]},
        {"loggingConfig": GONE, "loggingService": "logging.googleapis.com/kubernetes"},
    ],
    unknown=["loggingConfig.enableComponents"],
)
test_monitoring = four_cases(
    monitoring.RULE,
    THE,
    failing=[
        {"monitoringConfig": GONE},
        {"monitoringConfig.enableComponents": []},
        {"monitoringConfig.managedPrometheus.enabled": False},
    ],
    unknown=["monitoringConfig.enableComponents", "monitoringConfig.managedPrometheus.enabled"],
)
test_security_posture = four_cases(
    security_posture.RULE,
    THE,
    failing=[{"securityPostureConfig": GONE}, {"securityPostureConfig.mode": "DISABLED"}],
    unknown=["securityPostureConfig.mode"],
)
test_binary_authorization = four_cases(
    binary_authorization.RULE,
    THE,
    failing=[{"binaryAuthorization": GONE}, {"binaryAuthorization.evaluationMode": "DISABLED"}],
    unknown=["binaryAuthorization.evaluationMode"],
)
test_cost_allocation = four_cases(
    cost_allocation.RULE, THE, failing=[{"costManagementConfig.enabled": False}], unknown=["costManagementConfig"]
)
test_default_pool_removed = four_cases(
    default_pool_removed.RULE,
    THE,
    failing=[{"removeDefaultNodePool": GONE}],
    unknown=["removeDefaultNodePool"],
    not_applicable=[AUTOPILOT],
)
test_shielded_nodes = four_cases(
    shielded_nodes.RULE,
    THE,
    passing=[lambda cluster: edited(cluster, {"enableShieldedNodes": GONE})],
    failing=[{"enableShieldedNodes": False}],
    unknown=["enableShieldedNodes"],
    not_applicable=[AUTOPILOT],
)
