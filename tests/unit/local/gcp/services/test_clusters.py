from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, REGION, Gcp, Made

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
PLAN = "gcp:gkebackup/backupPlan:BackupPlan"
AUTOPILOT: dict[str, Any] = {
    "enableAutopilot": True,
    "location": REGION,
    "initialNodeCount": None,
    "removeDefaultNodePool": None,
    "datapathProvider": None,
}


@pytest.fixture
def net(project: Gcp) -> tuple[Made, Made]:
    network = project.network()
    return network, project.subnetwork(network)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"enableAutopilot": False}, "removeDefaultNodePool"),
        ({"name": "Cluster"}, "name"),
        ({"name": "c" * 41}, "name"),
        ({"initialNodeCount": None}, "initial_node_count"),
        ({"networkPolicy": {"enabled": True}}, "ADVANCED_DATAPATH is not allowed"),
        ({"datapathProvider": "CILIUM"}, "datapathProvider"),
        ({"datapathProvider": None, "enableFqdnNetworkPolicy": True}, "ADVANCED_DATAPATH"),
        ({"gatewayApiConfig": {"channel": "STANDARD"}}, "channel"),
        ({"addonsConfig": {"httpLoadBalancing": {"disabled": True}}}, "httpLoadBalancing"),
        ({"releaseChannel": {"channel": "FAST"}}, "channel"),
        ({"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/24"}}, "/28"),
        (
            {"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/28", "privateEndpointSubnetwork": "s"}},
            "exclude each other",
        ),
        ({"privateClusterConfig": {}}, "at least one of"),
        ({"addonsConfig": {}}, "at least one of"),
        (
            {"ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesIpv4CidrBlock": "/20"}},
            "only one of",
        ),
        ({"binaryAuthorization": {"evaluationMode": "ENFORCE"}}, "evaluationMode"),
        ({"securityPostureConfig": {"mode": "ON"}}, "mode"),
        ({"loggingConfig": {"enableComponents": ["SYSTEM"]}}, "enableComponents"),
        ({"monitoringConfig": {"enableComponents": ["PODS"]}}, "enableComponents"),
        ({"resourceLabels": {"Stack": "dev"}}, "resourceLabels"),
        ({"nodeConfig": {"machineType": "e2-standard-2", "diskType": "hyperdisk-balanced"}}, "cannot be used by"),
        (
            {
                "controlPlaneEndpointsConfig": {
                    "dnsEndpointConfig": {"allowExternalTraffic": False},
                    "ipEndpointsConfig": {"enabled": False},
                }
            },
            "lets nobody in",
        ),
    ],
)
def test_what_a_standard_cluster_cannot_be(
    project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any], said: str
) -> None:
    assert said in project.wrong(CLUSTER, **project.standard(*net, **inputs))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"removeDefaultNodePool": True}, "only one of"),
        ({"enableShieldedNodes": True}, "only one of"),
        ({"networkPolicy": {"enabled": False}}, "only one of"),
        ({"defaultMaxPodsPerNode": 32}, "only one of"),
        ({"nodePools": [{"name": "a"}]}, "only one of"),
        ({"clusterAutoscaling": {"enabled": True}}, "only one of"),
        ({"enableIntranodeVisibility": True}, "only one of"),
        ({"nodeConfig": {"machineType": "e2-medium"}}, "would replace the cluster"),
        ({"datapathProvider": "LEGACY_DATAPATH"}, "ADVANCED_DATAPATH"),
        ({"releaseChannel": {"channel": "UNSPECIFIED"}}, "release channel"),
        ({"verticalPodAutoscaling": {"enabled": False}}, "verticalPodAutoscaling"),
    ],
)
def test_what_an_autopilot_cluster_cannot_be(
    project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any], said: str
) -> None:
    assert said in project.wrong(CLUSTER, **project.standard(*net, **{**AUTOPILOT, **inputs}))


def test_an_autopilot_cluster_is_regional_and_has_no_pools(project: Gcp, net: tuple[Made, Made]) -> None:
    zonal = project.standard(*net, **{**AUTOPILOT, "location": f"{REGION}-b"})
    assert "must be regional" in project.refused(CLUSTER, **zonal)
    cluster = project.cluster(*net, **AUTOPILOT)
    assert project.changes(cluster).changes == []
    said = project.refused(POOL, name="pool", cluster="atm-dev-cluster", location=REGION, nodeCount=1)
    assert "Autopilot" in said


def window(recurrence: str, hours: int) -> dict[str, Any]:
    return {
        "maintenancePolicy": {
            "recurringWindow": {
                "startTime": "2026-01-01T03:00:00Z",
                "endTime": f"2026-01-01T{3 + hours:02}:00:00Z",
                "recurrence": recurrence,
            }
        }
    }


def exclusion(scope: str, end: str | None) -> dict[str, Any]:
    one = {
        "exclusionName": "campaign",
        "startTime": "2026-11-20T00:00:00Z",
        "exclusionOptions": {"scope": scope},
        **({"endTime": end} if end else {}),
    }
    return {"maintenancePolicy": {**window("FREQ=DAILY", 4)["maintenancePolicy"], "maintenanceExclusions": [one]}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (window("FREQ=WEEKLY;BYDAY=SA,SU", 4), "48h maintenance availability"),
        (window("FREQ=DAILY", 3), "at least 4 hours"),
        (window("FREQ=WEEKLY;BYDAY=XX", 12), "no days"),
        (window("every day", 4), "recurrence"),
        (exclusion("NO_UPGRADES", "2026-12-31T00:00:00Z"), "at most 30"),
        (exclusion("NO_UPGRADES", "2026-11-01T00:00:00Z"), "ends before it starts"),
        (exclusion("NO_UPGRADES", None), "endTime"),
        (exclusion("NEVER", "2026-12-01T00:00:00Z"), "scope"),
        ({"maintenancePolicy": {"dailyMaintenanceWindow": {"startTime": "3:00"}}}, "startTime"),
    ],
)
def test_what_maintenance_cannot_be(project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any], said: str) -> None:
    assert said in project.wrong(CLUSTER, **project.standard(*net, **inputs))


@pytest.mark.parametrize(
    "inputs",
    [
        window("FREQ=WEEKLY;BYDAY=SA,SU", 6),
        window("FREQ=DAILY", 4),
        exclusion("NO_UPGRADES", "2026-12-15T00:00:00Z"),
        exclusion("NO_MINOR_UPGRADES", "2027-03-01T00:00:00Z"),
    ],
)
def test_what_maintenance_can_be(project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any]) -> None:
    project.cluster(*net, **inputs)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"location": "europe-west1-x"}, "europe-west1-x"),
        ({"nodeLocations": ["europe-west1-b"]}, "original 'zone'"),
        ({"nodeLocations": ["europe-west4-a"]}, "europe-west4-a"),
        ({"subnetwork": None}, "requires specifying a subnetwork"),
        ({"subnetwork": "none"}, "404"),
        ({"network": "none"}, "404"),
        ({"network": None}, "404"),
        ({"location": "europe-west4-a"}, "europe-west1"),
        (
            {"ipAllocationPolicy": {"clusterSecondaryRangeName": "nopods", "servicesSecondaryRangeName": "services"}},
            'secondary range named "nopods"',
        ),
        (
            {"ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "pods"}},
            "cannot both",
        ),
        ({"privateClusterConfig": {"masterIpv4CidrBlock": "10.0.0.16/28"}}, "overlaps"),
        ({"workloadIdentityConfig": {"workloadPool": "other.svc.id.goog"}}, "only supported identity namespace"),
        ({"databaseEncryption": {"state": "ENCRYPTED"}}, "keyName is required"),
        ({"nodeConfig": {"serviceAccount": f"nobody@{PROJECT}.iam.gserviceaccount.com"}}, "does not exist"),
    ],
)
def test_where_a_cluster_cannot_be(project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any], said: str) -> None:
    assert said in project.refused(CLUSTER, **project.standard(*net, **inputs))


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"releaseChannel": {"channel": "STABLE"}}, []),
        ({"deletionProtection": True}, []),
        ({"binaryAuthorization": {"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"}}, []),
        ({"resourceLabels": {"stack": "dev"}}, []),
        ({"initialNodeCount": 2}, ["initialNodeCount"]),
        ({"location": f"{REGION}-c"}, ["location"]),
        ({"datapathProvider": "LEGACY_DATAPATH"}, ["datapathProvider"]),
        ({"privateClusterConfig": {"enablePrivateNodes": False, "enablePrivateEndpoint": True}}, []),
        (
            {"ipAllocationPolicy": {"clusterSecondaryRangeName": "other", "servicesSecondaryRangeName": "services"}},
            ["ipAllocationPolicy"],
        ),
    ],
)
def test_what_replaces_a_cluster(
    project: Gcp, net: tuple[Made, Made], changed: dict[str, Any], replaces: list[str]
) -> None:
    difference = project.changes(project.cluster(*net), **changed)
    assert difference.changes
    assert difference.replaces == replaces


def test_a_switch_that_only_a_new_cluster_turns_off(project: Gcp, net: tuple[Made, Made]) -> None:
    on = project.cluster(*net, enableFqdnNetworkPolicy=True)
    assert project.changes(on, enableFqdnNetworkPolicy=False).replaces == ["enableFqdnNetworkPolicy"]


def test_a_cluster_is_protected_holds_its_subnetwork_and_takes_its_pools_along(
    project: Gcp, net: tuple[Made, Made]
) -> None:
    protected = project.standard(*net)
    del protected["deletionProtection"]
    cluster = project.make(CLUSTER, **protected)
    project.make(POOL, name="pool", cluster=cluster.id, location=f"{REGION}-b", nodeCount=1)
    assert "deletionProtection" in project.kept(cluster)
    assert "already being used" in project.kept(net[1])
    project.delete(project.change(cluster, deletionProtection=False))
    with project.store.transaction() as world:
        assert not world.all(POOL)
    project.delete(net[1])


def test_a_cluster_that_keeps_its_default_pool_has_it(project: Gcp, net: tuple[Made, Made]) -> None:
    project.cluster(*net, removeDefaultNodePool=None)
    with project.store.transaction() as world:
        assert [pool.inputs["name"] for pool in world.all(POOL)] == ["default-pool"]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "Pool"}, "name"),
        ({"initialNodeCount": 1}, "Cannot set both"),
        ({"autoscaling": {"minNodeCount": 3, "maxNodeCount": 2}}, "maxNodeCount"),
        ({"autoscaling": {"maxNodeCount": 2, "totalMaxNodeCount": 4}}, "exclude each other"),
        ({"autoscaling": {"locationPolicy": "ANY"}}, "needs maxNodeCount"),
        ({"upgradeSettings": {"maxSurge": 0, "maxUnavailable": 0}}, "from 1 to 20"),
        ({"upgradeSettings": {"strategy": "BLUE_GREEN", "maxSurge": 1}}, "SURGE"),
        ({"nodeConfig": {"spot": True, "preemptible": True}}, "exclude each other"),
        ({"nodeConfig": {"machineType": "n4-standard-2", "diskType": "pd-ssd"}}, "cannot be used by"),
        ({"nodeConfig": {"diskSizeGb": 9}}, "diskSizeGb"),
        ({"nodeConfig": {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}}, "effect"),
        ({"maxPodsPerNode": 7}, "maxPodsPerNode"),
    ],
)
def test_what_a_pool_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(POOL, **{"name": "pool", "cluster": "c", "nodeCount": 1, **inputs})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"cluster": "none"}, "404"),
        ({"location": REGION}, "404"),
        ({"management": {"autoUpgrade": False, "autoRepair": True}}, "Auto_upgrade must be true"),
        ({"management": {"autoUpgrade": True, "autoRepair": False}}, "Auto_repair must be true"),
        ({"nodeLocations": ["europe-west4-a"]}, "europe-west4-a"),
        ({"networkConfig": {"podRange": "none"}}, '"none"'),
        ({"nodeConfig": {"serviceAccount": f"nobody@{PROJECT}.iam.gserviceaccount.com"}}, "does not exist"),
        ({"nodeConfig": {"machineType": "e2-standard-32"}}, 'resource "CPUS"'),
        ({"nodeConfig": {"diskSizeGb": 600}}, 'resource "SSD_TOTAL_GB"'),
    ],
)
def test_where_a_pool_cannot_be(project: Gcp, net: tuple[Made, Made], inputs: dict[str, Any], said: str) -> None:
    project.cluster(*net)
    pool = {"name": "pool", "cluster": "atm-dev-cluster", "location": f"{REGION}-b", "nodeCount": 1, **inputs}
    assert said in project.refused(POOL, **pool)


def test_metadata_of_workloads_needs_their_identity(project: Gcp, net: tuple[Made, Made]) -> None:
    project.cluster(*net, workloadIdentityConfig=None)
    config = {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}
    pool = {"name": "pool", "cluster": "atm-dev-cluster", "location": f"{REGION}-b", "nodeCount": 1}
    assert "workloadIdentityConfig" in project.refused(POOL, nodeConfig=config, **pool)


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"machineType": "e2-standard-4"}, []),
        ({"diskSizeGb": 60}, []),
        ({"labels": {"a": "b"}}, []),
        ({"taints": [{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}]}, []),
        ({"spot": True}, ["nodeConfig"]),
        ({"shieldedInstanceConfig": {"enableSecureBoot": True}}, ["nodeConfig"]),
        ({"oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"]}, ["nodeConfig"]),
    ],
)
def test_what_replaces_a_pool(
    project: Gcp, net: tuple[Made, Made], changed: dict[str, Any], replaces: list[str]
) -> None:
    project.cluster(*net)
    config = {"machineType": "e2-standard-2", "diskSizeGb": 50}
    pool = project.make(
        POOL, name="pool", cluster="atm-dev-cluster", location=f"{REGION}-b", nodeCount=1, nodeConfig=config
    )
    assert project.changes(pool).changes == []
    assert project.changes(pool, nodeConfig={**config, **changed}).replaces == replaces


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"retentionPolicy": {"backupRetainDays": 1, "backupDeleteLockDays": 2}}, "at least backupDeleteLockDays"),
        ({"retentionPolicy": {"backupRetainDays": 400}}, "backupRetainDays"),
        ({"retentionPolicy": None}, "needs retentionPolicy.backupRetainDays"),
        ({"backupConfig": {"includeSecrets": True}}, "one of"),
        ({"backupSchedule": {"cronSchedule": "daily"}}, "cronSchedule"),
        ({"cluster": "atm-dev-cluster"}, "cluster"),
        ({"name": "Plan"}, "name"),
    ],
)
def test_what_a_backup_plan_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {
        "name": "plan",
        "location": REGION,
        "cluster": f"projects/{PROJECT}/locations/{REGION}/clusters/c",
        "backupConfig": {"allNamespaces": True},
        "backupSchedule": {"cronSchedule": "0 2 * * *"},
        "retentionPolicy": {"backupRetainDays": 14},
        **inputs,
    }
    assert said in gcp.wrong(PLAN, **{name: value for name, value in given.items() if value is not None})


def test_a_backup_plan_needs_the_agent_and_outlives_the_cluster(project: Gcp, net: tuple[Made, Made]) -> None:
    bare = project.cluster(*net, name="bare", addonsConfig=None)
    plan = {"name": "plan", "location": REGION, "backupConfig": {"allNamespaces": True}}
    assert "no backup agent" in project.refused(PLAN, cluster=bare.id, **plan)
    cluster = project.cluster(*net)
    made = project.make(PLAN, cluster=cluster.id, **plan)
    project.delete(cluster)
    project.delete(made)
