"""Figures that were worked out by hand from Google's price pages."""

from typing import Any

import pytest

from policies.cost.amounts import Amount
from tests.unit.policies.cost.made import REGION, cluster, costs, line, pool, resource

GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"


def gateway(name: str, *ports: int, kind: str = "gke-l7-global-external-managed") -> Any:
    return resource(GATEWAY, name, spec={"gatewayClassName": kind, "listeners": [{"port": port} for port in ports]})


@pytest.mark.parametrize(("type_", "inputs", "what", "month"), [
    # 4 places (three in the USA, one in Europe) every 300 s: 35,040 executions, at 0.30 a thousand
    ("gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig", {"period": "300s", "selectedRegions": ["USA", "EUROPE"]},
     "Uptime checks", 10.512),
    # 6 places every minute: 262,800
    ("gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig", {}, "Uptime checks", 78.84),
    ("gcp:dns/managedZone:ManagedZone", {"visibility": "public"}, "Cloud DNS zone", 0.20),
    ("gcp:dns/managedZone:ManagedZone", {"visibility": "public"}, "Cloud DNS queries", 0.40),
    ("gcp:compute/securityPolicy:SecurityPolicy", {"rules": [{}] * 10}, "Cloud Armor rules", 10.00),
    ("gcp:compute/securityPolicy:SecurityPolicy", {}, "Cloud Armor requests", 2.25),
    ("gcp:compute/address:Address", {"region": REGION}, "External address without use", 7.30),
    ("gcp:compute/address:Address", {"region": "europe-southwest1"}, "External address without use", 8.76),
    ("gcp:compute/globalAddress:GlobalAddress", {}, "Global external address without use", 7.30),
    ("gcp:compute/subnetwork:Subnetwork", {"region": REGION, "logConfig": {"flowSampling": 0.25}},
     "Cloud Logging of the network", 2.50),
    ("gcp:dns/policy:Policy", {"enableLogging": True}, "Cloud Logging", 2.50),
    ("gcp:projects/iAMAuditConfig:IAMAuditConfig", {"auditLogConfigs": [{"logType": "DATA_READ"}]},
     "Cloud Logging", 7.50),
    ("gcp:cloudbuild/trigger:Trigger", {"build": {}}, "Cloud Build e2-standard-2", 3.216),
    ("gcp:cloudbuild/trigger:Trigger", {"build": {"options": {"machineType": "E2_HIGHCPU_8"}}},
     "Cloud Build e2-highcpu-8", 8.576),
    ("gcp:kms/cryptoKey:CryptoKey", {"versionTemplate": {"protectionLevel": "HSM"}}, "Key versions, HSM", 1.00),
    ("gcp:kms/cryptoKey:CryptoKey", {}, "Operations with keys", 0.015),
    ("gcp:secretmanager/secretVersion:SecretVersion", {}, "Secret versions", 0.06),
    ("gcp:storage/bucket:Bucket", {"location": "EUROPE-SOUTHWEST1"}, "Cloud Storage, Standard", 0.0046),
    ("gcp:pubsub/topic:Topic", {}, "Pub/Sub messages", 0.00039),
])  # fmt: skip
def test_what_one_resource_costs(type_: str, inputs: dict[str, Any], what: str, month: float) -> None:
    assert line(costs(resource(type_, **inputs)), what).monthly.expected == pytest.approx(month, rel=0.01)


@pytest.mark.parametrize(("type_", "inputs"), [
    ("gcp:compute/address:Address", {"region": REGION, "addressType": "INTERNAL"}),
    ("gcp:compute/subnetwork:Subnetwork", {"region": REGION}), ("gcp:compute/firewall:Firewall", {}),
    ("gcp:dns/policy:Policy", {"enableLogging": False}), ("gcp:cloudbuild/trigger:Trigger", {"disabled": True}),
    ("gcp:projects/iAMAuditConfig:IAMAuditConfig", {"auditLogConfigs": [{"logType": "ADMIN_READ"}]}),
    ("gcp:logging/projectBucketConfig:ProjectBucketConfig", {"retentionDays": 30}),
    ("gcp:organizations/project:Project", {}),
])  # fmt: skip
def test_what_costs_nothing_is_named_with_a_reason(type_: str, inputs: dict[str, Any]) -> None:
    found = costs(resource(type_, **inputs))
    assert (found.lines, found.unpriced) == ((), ())
    assert [(each.type, each.count) for each in found.free] == [(type_, 1)]
    assert found.free[0].reason.endswith(".")


def test_an_address_of_nat_costs_half_and_one_of_a_load_balancer_nothing() -> None:
    address = resource("gcp:compute/address:Address", region=REGION)
    nat = resource("gcp:compute/routerNat:RouterNat", "nat", {"natIps": (address.urn,)}, region=REGION)
    assert line(costs(address, nat), "External address of NAT or a VM").monthly.expected == pytest.approx(3.65)
    anywhere = resource("gcp:compute/globalAddress:GlobalAddress", "edge")
    used = resource(
        GATEWAY, "gateway", {"spec": (anywhere.urn,)}, spec={"gatewayClassName": "gke-l7-rilb", "listeners": []}
    )
    assert costs(anywhere, used, cluster()).components == {"stack": Amount(73.0, 73.0, 73.0)} | {
        "free tier": Amount(-73.0, -73.0, -73.0)
    }


def test_nat_costs_by_node_up_to_32() -> None:
    nat = resource("gcp:compute/routerNat:RouterNat", "nat", region=REGION)
    few, many = (costs(cluster(), pool(nodeCount=count), nat) for count in (3, 100))
    assert line(few, "Cloud NAT, by node").monthly.expected == pytest.approx(3 * 0.0014 * 730)
    assert line(many, "Cloud NAT, by node").monthly.expected == pytest.approx(32.70, abs=0.01)


def test_up_to_five_forwarding_rules_cost_as_much_as_one() -> None:
    two = costs(cluster(), gateway("one", 80, 443))
    assert line(two, "Forwarding rules up to five").monthly.expected == pytest.approx(18.25)
    seven = costs(cluster(), gateway("one", 1, 2, 3, 4), gateway("two", 5, 6, 7))
    assert line(seven, "Forwarding rules up to five").monthly.expected == pytest.approx(18.25)
    assert line(seven, "Each further forwarding rule").monthly.expected == pytest.approx(2 * 7.30)
    assert line(seven, "Load balancer data").quantity.expected == 53


def test_a_service_with_a_load_balancer_has_one_too_and_other_gateways_have_none() -> None:
    service = resource("kubernetes:core/v1:Service", spec={"type": "LoadBalancer"})
    assert line(costs(cluster(), service), "Forwarding rules up to five").monthly.expected == pytest.approx(18.25)
    inside = resource("kubernetes:core/v1:Service", spec={"type": "ClusterIP"})
    assert len(costs(cluster(), inside, gateway("envoy", 80, kind="envoy")).lines) == len(costs(cluster()).lines)


@pytest.mark.parametrize(("rotation", "versions"), [
    (None, Amount(1, 1, 1)), ("7776000s", Amount(1, 3, 5)), ("2592000s", Amount(1, 7, 13)),
    ("31536000s", Amount(1, 1, 2)),
])  # fmt: skip
def test_a_key_gets_a_version_with_each_rotation(rotation: str | None, versions: Amount) -> None:
    inputs = {} if rotation is None else {"rotationPeriod": rotation}
    assert line(costs(resource("gcp:kms/cryptoKey:CryptoKey", **inputs)), "Key versions, software").quantity == versions


def test_other_kinds_of_keys_have_no_price_yet() -> None:
    signing = resource(
        "gcp:kms/cryptoKey:CryptoKey", purpose="ASYMMETRIC_SIGN", versionTemplate={"protectionLevel": "HSM"}
    )
    external = resource("gcp:kms/cryptoKey:CryptoKey", "b", versionTemplate={"protectionLevel": "EXTERNAL"})
    assert [each.resource for each in costs(signing, external).unpriced] == [signing.urn, external.urn]


def test_logs_are_kept_for_thirty_days_and_then_cost_again() -> None:
    bucket = resource("gcp:logging/projectBucketConfig:ProjectBucketConfig", retentionDays=91)
    names = resource("gcp:dns/policy:Policy", enableLogging=True)
    found = costs(bucket, names, dnsLogsGb=100.0)
    assert line(found, "Logs kept beyond 30 days").monthly.expected == pytest.approx(100 * 2.005 * 0.01, rel=0.001)


def test_backups_cost_by_namespace_and_by_what_they_keep() -> None:
    plan = resource(
        "gcp:gkebackup/backupPlan:BackupPlan", location=REGION, retentionPolicy={"backupRetainDays": 11},
        backupConfig={"selectedNamespaces": {"namespaces": ["a", "b", "c"]}, "includeVolumeData": True},
    )  # fmt: skip
    claim = resource("kubernetes:core/v1:PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "100Gi"}}})
    found = costs(plan, claim, volumeUsed=0.5, volumeChange=0.1)
    assert line(found, "Backup for GKE").monthly.expected == 27
    assert line(found, "Backup for GKE storage").monthly.expected == pytest.approx(100 * 0.5 * 2 * 0.045)


def test_volumes_cost_by_the_disk_of_their_class() -> None:
    claim = resource(
        "kubernetes:core/v1:PersistentVolumeClaim",
        spec={"storageClassName": "fast", "resources": {"requests": {"storage": "50Gi"}}},
    )
    fast = resource(
        "kubernetes:storage.k8s.io/v1:StorageClass", metadata={"name": "fast"}, parameters={"type": "pd-ssd"}
    )
    twice = resource(
        "kubernetes:storage.k8s.io/v1:StorageClass", metadata={"name": "fast"},
        parameters={"type": "pd-ssd", "replication-type": "regional-pd"},
    )  # fmt: skip
    assert line(costs(cluster(), claim, fast), "Disk pd-ssd").monthly.expected == pytest.approx(8.50)
    assert line(costs(cluster(), claim, twice), "Disk pd-ssd").monthly.expected == pytest.approx(17.00)
    assert line(costs(cluster(), claim), "Disk pd-balanced").monthly.expected == pytest.approx(5.00)
    assert costs(claim, fast).lines == ()


def test_a_snapshot_keeps_what_is_written() -> None:
    claim = resource(
        "kubernetes:core/v1:PersistentVolumeClaim",
        metadata={"name": "data", "namespace": "database"},
        spec={"resources": {"requests": {"storage": "100Gi"}}},
    )
    kept = resource(
        "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot",
        metadata={"namespace": "database"},
        spec={"source": {"persistentVolumeClaimName": "data"}},
    )
    assert line(costs(cluster(), claim, kept), "Snapshots of disks").monthly.expected == pytest.approx(30 * 0.05)


def test_a_disk_that_is_no_claims() -> None:
    disk = resource("gcp:compute/disk:Disk", zone="europe-west4-a", size=200, type="pd-ssd")
    assert line(costs(disk), "Disk pd-ssd").monthly.expected == pytest.approx(200 * 0.187)


def test_each_pod_of_a_stateful_set_has_its_own_volume() -> None:
    members = resource(
        "kubernetes:apps/v1:StatefulSet",
        metadata={"name": "mongodb", "namespace": "database"},
        spec={
            "replicas": 3,
            "template": {"spec": {"containers": [{}]}},
            "volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "20Gi"}}}}],
        },
    )
    found = line(costs(cluster(), members), "Disk pd-balanced")
    assert found.monthly.expected == pytest.approx(6.00)
    assert found.formula == "3 pods x 20 GiB"


@pytest.mark.parametrize(("policies", "scan", "api", "gb", "scans"), [
    # 2 versions of each of 0 images; 24 new ones a month and deleted after 60.8 days: 48 are there
    ([{"action": "DELETE", "condition": {"olderThan": "5256000s"}}, {"mostRecentVersions": {"keepCount": 2}}], None,
     True, 48 * 0.06, 24),
    ([], "DISABLED", True, 24 * 12 * 0.06, 0),
    ([], "INHERITED", False, 24 * 12 * 0.06, 0),
])  # fmt: skip
def test_images_are_kept_and_scanned(
    *, policies: list[Any], scan: str | None, api: bool, gb: float, scans: int
) -> None:
    inputs = {"vulnerabilityScanningConfig": {"enablementConfig": scan}} if scan else {}
    apis = [resource("gcp:projects/service:Service", service="containerscanning.googleapis.com")] if api else []
    trigger = resource("gcp:cloudbuild/trigger:Trigger", repositoryEventConfig={"push": {"branch": "^main$"}})
    asked = resource("gcp:cloudbuild/trigger:Trigger", "b", repositoryEventConfig={"pullRequest": {"branch": "^main$"}})
    repository = resource(
        "gcp:artifactregistry/repository:Repository", location=REGION, cleanupPolicies=policies, **inputs
    )
    found = costs(repository, trigger, asked, *apis)
    assert line(found, "Artifact Registry storage").quantity.expected == pytest.approx(gb)
    assert sum(each.quantity.expected for each in found.lines if each.sku == "registry-scan") == scans
