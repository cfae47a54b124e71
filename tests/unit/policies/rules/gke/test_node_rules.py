"""Nodes and their pools: each rule, passing, failing, unknown and unrelated."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from policies.capture import UNKNOWN, Capture
from policies.model import Rule, Status
from policies.rules._grants import ACCOUNT, CLUSTER, NODE_POOL
from policies.rules.gke import (
    auto_repair,
    auto_upgrade,
    boot_disk_key,
    integrity_monitoring,
    kubelet_read_only_port,
    legacy_metadata,
    metadata_server,
    node_account,
    node_image,
    pool_bounds,
    pool_surge,
    secure_boot,
    stateful_not_spot,
    stateful_pool_tainted,
)
from tests.unit.policies.rules.cases import GONE, changed, edited, findings_of, four_cases, made, resource_of

THE: Final = f"prod {NODE_POOL} cluster-services"
SERVICES: Final = f"{NODE_POOL} cluster-services"
DATABASE: Final = f"{NODE_POOL} cluster-database"
SHIELD: Final = "nodeConfig.shieldedInstanceConfig"
MODE: Final = "nodeConfig.workloadMetadataConfig.mode"
OLD: Final = "nodeConfig.metadata.disable-legacy-endpoints"
PORT: Final = "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled"
OF_AUTOPILOT: Final = "nodePoolAutoConfig.nodeKubeletConfig.insecureKubeletReadonlyPortEnabled"
ADDED: Final = "clusterAutoscaling.autoProvisioningDefaults"
KEY: Final = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
SELECTOR: Final = "spec.template.spec.nodeSelector"
AUTOPILOT: Final = {"enableAutopilot": True, "nodeConfig": GONE}
ON_NODES: Final = (secure_boot, integrity_monitoring, metadata_server, legacy_metadata, node_image)


@pytest.mark.parametrize("rule", [module.RULE for module in ON_NODES], ids=lambda rule: rule.id)
def test_nodes_are_judged_where_they_are_described(rule: Rule, prod: Capture) -> None:
    cluster = resource_of(prod, f"{CLUSTER} cluster")
    assert {finding.status for finding in findings_of(rule, cluster)} == {Status.COMPLIANT}
    bare = edited(cluster, {"nodeConfig": {"shieldedInstanceConfig": {"enableIntegrityMonitoring": False}}})
    assert {finding.status for finding in findings_of(rule, bare)} == {Status.VIOLATED}
    for change in (AUTOPILOT, {"nodeConfig": GONE}):
        assert {finding.status for finding in findings_of(rule, edited(cluster, change))} == {Status.NOT_APPLICABLE}


def _of_pool(rule: Rule, path: str, failing: list[Any]) -> Callable[..., None]:
    return four_cases(rule, THE, failing=[{path: value} for value in failing], unknown=[path])


test_secure_boot = _of_pool(secure_boot.RULE, f"{SHIELD}.enableSecureBoot", [False, GONE])
test_integrity_monitoring = _of_pool(integrity_monitoring.RULE, f"{SHIELD}.enableIntegrityMonitoring", [False])
test_metadata_server = _of_pool(metadata_server.RULE, MODE, ["GCE_METADATA", GONE])
test_legacy_metadata = _of_pool(legacy_metadata.RULE, OLD, ["false", GONE])
test_node_image = _of_pool(node_image.RULE, "nodeConfig.imageType", ["UBUNTU_CONTAINERD", GONE])
test_auto_repair = _of_pool(auto_repair.RULE, "management.autoRepair", [False, GONE])
test_auto_upgrade = _of_pool(auto_upgrade.RULE, "management.autoUpgrade", [False, GONE])
test_kubelet_read_only_port = _of_pool(kubelet_read_only_port.RULE, PORT, ["TRUE", GONE])
test_kubelet_read_only_port_of_autopilot = four_cases(
    kubelet_read_only_port.RULE,
    made(CLUSTER, enableAutopilot=True, nodePoolAutoConfig={"nodeKubeletConfig": {PORT.rpartition(".")[2]: "FALSE"}}),
    failing=[{OF_AUTOPILOT: "TRUE"}, {"nodePoolAutoConfig": GONE}],
    unknown=[OF_AUTOPILOT],
    not_applicable=[{"enableAutopilot": False}],
)
test_node_account = four_cases(
    node_account.RULE,
    THE,
    passing=[{"nodeConfig.serviceAccount": "nodes@p-1.iam.gserviceaccount.com"}],
    failing=[
        {"nodeConfig.serviceAccount": GONE},
        {"nodeConfig.serviceAccount": "default"},
        {"nodeConfig.serviceAccount": "123-compute@developer.gserviceaccount.com"},
    ],
    unknown=["nodeConfig.serviceAccount"],
)
test_account_of_nodes_that_gke_adds = four_cases(
    node_account.RULE,
    made(
        CLUSTER,
        enableAutopilot=True,
        clusterAutoscaling={"autoProvisioningDefaults": {"serviceAccount": UNKNOWN}},
        sources={"clusterAutoscaling": [ACCOUNT]},
    ),
    failing=[{f"{ADDED}.serviceAccount": GONE}, {"enableAutopilot": False, "clusterAutoscaling": {"enabled": True}}],
    unknown=[f"{ADDED}.serviceAccount"],
    not_applicable=[{"enableAutopilot": False}],
)
test_boot_disk_key = four_cases(
    boot_disk_key.RULE,
    THE,
    passing=[{"nodeConfig.bootDiskKmsKey": KEY}, {"nodeConfig.bootDiskKmsKey": f"{KEY}/cryptoKeyVersions/3"}],
    failing=[{"nodeConfig.bootDiskKmsKey": GONE}, {"nodeConfig.bootDiskKmsKey": "mine"}],
    unknown=["nodeConfig.bootDiskKmsKey"],
)
test_pool_bounds = four_cases(
    pool_bounds.RULE,
    THE,
    passing=[{"autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 9}}],
    failing=[{"autoscaling": GONE}, {"autoscaling.maxNodeCount": 0}, {"nodeCount": 3}],
    unknown=["autoscaling.maxNodeCount", "nodeCount"],
)
test_pool_surge = four_cases(
    pool_surge.RULE,
    THE,
    passing=[{"upgradeSettings": {"strategy": "BLUE_GREEN"}}, {"upgradeSettings.maxSurge": 3}],
    failing=[{"upgradeSettings": GONE}, {"upgradeSettings.maxSurge": 0}, {"upgradeSettings.maxUnavailable": 1}],
    unknown=["upgradeSettings.strategy", "upgradeSettings.maxSurge", "upgradeSettings.maxUnavailable"],
)
_FREE: Final = changed("kubernetes:apps/v1:StatefulSet mongodb", {SELECTOR: GONE})
test_stateful_not_spot = four_cases(
    stateful_not_spot.RULE,
    "prod",
    passing=[changed(SERVICES, {"nodeConfig.spot": True})],
    failing=[
        changed(DATABASE, {"nodeConfig.spot": True}),
        changed(DATABASE, {"nodeConfig.preemptible": True}),
        lambda stack: changed(SERVICES, {"nodeConfig.spot": True})(_FREE(stack)),
    ],
    unknown=[changed(DATABASE, {"nodeConfig.spot": UNKNOWN}), changed(DATABASE, {"nodeConfig.labels": UNKNOWN})],
)
test_stateful_pool_tainted = four_cases(
    stateful_pool_tainted.RULE,
    "prod",
    passing=[_FREE, changed(DATABASE, {"nodeConfig.taints[0].effect": "NO_EXECUTE"})],
    failing=[
        changed(DATABASE, {"nodeConfig.taints": GONE}),
        changed(DATABASE, {"nodeConfig.taints[0].effect": "PREFER_NO_SCHEDULE"}),
    ],
    unknown=[
        changed(DATABASE, {"nodeConfig.taints": UNKNOWN}),
        changed("kubernetes:apps/v1:StatefulSet mongodb", {SELECTOR: UNKNOWN}),
    ],
)
