"""The GKE cluster: private, hardened, and told nothing its mode refuses."""

import itertools
import json
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from infra.components.cluster import APIS, Cluster, ClusterArgs, maintenance
from infra.naming import Naming
from infra.settings_gcp import ClusterSettings, MaintenanceSettings
from tests.unit.infra.recorder import Recording, run

POOLS = {
    "services": {"purpose": "services", "machineType": "e2-standard-2", "spot": True, "min": 1, "max": 3},
    "database": {"purpose": "database", "machineType": "e2-standard-2", "min": 1, "max": 2, "diskType": "pd-ssd"},
}
SHAPES = list(itertools.product(("standard", "autopilot"), (False, True)))
STANDARD_ONLY = {
    "datapathProvider",
    "enableIntranodeVisibility",
    "enableShieldedNodes",
    "initialNodeCount",
    "nodeConfig",
    "removeDefaultNodePool",
}
"""What an Autopilot cluster may not have: the provider refuses it, or GKE decides it."""
AUTOPILOT_ONLY = {"clusterAutoscaling", "enableAutopilot", "nodePoolAutoConfig"}


def settings(mode: str = "standard", **changed: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"mode": mode, "pools": POOLS if mode == "standard" else {}, **changed})


def recorded(wanted: ClusterSettings, *, protect: bool = True) -> tuple[Recording, dict[str, Any]]:
    """What a cluster registers, and its outputs."""
    told: dict[str, Any] = {}

    def program() -> None:
        around: Any = SimpleNamespace(
            network="https://networks/atm-dev",
            subnetwork="https://subnetworks/atm-dev",
            pods_range="pods",
            services_range="services",
            ready=[pulumi.CustomResource("test:index:Nat", "nat")],
            url=pulumi.Output.from_input("us-central1-docker.pkg.dev/atm-dev-1/images"),
            id="projects/atm-dev-1/locations/us-central1/repositories/images",
            key=lambda use: pulumi.Output.from_input(f"keys/{use}"),
        )
        cluster = Cluster(
            "cluster",
            ClusterArgs(
                names=Naming(prefix="atm", stack="dev"),
                settings=wanted,
                project="atm-dev-1",
                number="123456789012",
                apis={api: pulumi.CustomResource("test:index:Api", api) for api in APIS},
                region="us-central1",
                zone="us-central1-b",
                network=around,
                keys=around,
                registry=around,
                protect=protect,
            ),
        )
        told["placement"] = cluster.placement
        pulumi.Output.all(kubeconfig=cluster.kubeconfig, pool=cluster.workload_pool).apply(told.update)

    return run(program), told


def cluster_of(mode: str, **changed: object) -> dict[str, Any]:
    return recorded(settings(mode, **changed))[0].inputs("Cluster", "cluster")


@pytest.mark.parametrize(("mode", "regional"), SHAPES)
class TestInEveryShape:
    def test_nobody_reaches_it_by_an_address(self, mode: str, *, regional: bool) -> None:
        cluster = cluster_of(mode, regional=regional)
        assert cluster["privateClusterConfig"] == {"enablePrivateNodes": True}
        assert cluster["controlPlaneEndpointsConfig"] == {
            "dnsEndpointConfig": {"allowExternalTraffic": True},
            "ipEndpointsConfig": {"enabled": False},
        }
        assert cluster["masterAuth"] == {"clientCertificateConfig": {"issueClientCertificate": False}}
        assert cluster["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}

    def test_it_is_where_the_settings_say(self, mode: str, *, regional: bool) -> None:
        cluster = cluster_of(mode, regional=regional)
        assert cluster["location"] == ("us-central1" if regional else "us-central1-b")
        assert cluster["name"] == "atm-dev-cluster"
        assert "nodeLocations" not in cluster

    def test_its_addresses_are_those_of_the_network(self, mode: str, *, regional: bool) -> None:
        cluster = cluster_of(mode, regional=regional)
        assert cluster["networkingMode"] == "VPC_NATIVE"
        assert cluster["ipAllocationPolicy"] == {
            "clusterSecondaryRangeName": "pods",
            "servicesSecondaryRangeName": "services",
        }

    def test_what_it_keeps_is_encrypted_with_keys_of_the_stack(self, mode: str, *, regional: bool) -> None:
        recording, _ = recorded(settings(mode, regional=regional))
        cluster = recording.inputs("Cluster", "cluster")
        assert cluster["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": "keys/cluster"}
        nodes = [r.inputs["nodeConfig"] for r in recording.resources if r.typ.endswith(":NodePool")]
        if mode == "standard":
            nodes.append(cluster["nodeConfig"])
        else:
            nodes.append(cluster["clusterAutoscaling"]["autoProvisioningDefaults"])
        assert len(nodes) == (3 if mode == "standard" else 1)
        assert {node["bootDiskKmsKey"] for node in nodes} == {"keys/disks"}

    def test_nodes_run_as_an_account_of_their_own_that_may_do_little(self, mode: str, *, regional: bool) -> None:
        recording, _ = recorded(settings(mode, regional=regional))
        email = "atm-dev-nodes@atm-dev-1.iam.gserviceaccount.com"
        granted = {
            (r.inputs["role"], r.inputs.get("repository"))
            for r in recording.resources
            if r.inputs.get("member") == f"serviceAccount:{email}"
        }
        assert granted == {
            ("roles/container.defaultNodeServiceAccount", None),
            ("roles/artifactregistry.reader", "projects/atm-dev-1/locations/us-central1/repositories/images"),
        }
        cluster = recording.inputs("Cluster", "cluster")
        nodes = [r.inputs["nodeConfig"] for r in recording.resources if r.typ.endswith(":NodePool")]
        nodes.append(
            cluster["nodeConfig"] if mode == "standard" else cluster["clusterAutoscaling"]["autoProvisioningDefaults"]
        )
        assert {node["serviceAccount"] for node in nodes} == {email}

    def test_it_waits_for_the_roles_of_its_nodes_and_the_policy_of_images(self, mode: str, *, regional: bool) -> None:
        recording, _ = recorded(settings(mode, regional=regional))
        assert recording.depends_on("Cluster", "cluster") >= {
            "Nat nat",
            "IAMMember cluster-nodes-run",
            "RepositoryIamMember cluster-nodes-pull",
            "Policy cluster-images",
        }

    def test_it_is_told_nothing_its_mode_refuses(self, mode: str, *, regional: bool) -> None:
        cluster = cluster_of(mode, regional=regional)
        mine, others = (STANDARD_ONLY, AUTOPILOT_ONLY) if mode == "standard" else (AUTOPILOT_ONLY, STANDARD_ONLY)
        assert mine <= cluster.keys()
        assert not others & cluster.keys()
        addons = cluster["addonsConfig"].keys()
        assert "networkPolicyConfig" not in addons
        assert ("dnsCacheConfig" in addons) == (mode == "standard")
        assert "networkPolicy" not in cluster

    def test_no_version_is_pinned(self, mode: str, *, regional: bool) -> None:
        cluster = cluster_of(mode, regional=regional, releaseChannel="STABLE")
        assert cluster["releaseChannel"] == {"channel": "STABLE"}
        assert not {"minMasterVersion", "nodeVersion"} & cluster.keys()

    def test_protection_is_one_switch(self, mode: str, *, regional: bool) -> None:
        for protect in (True, False):
            recording, _ = recorded(settings(mode, regional=regional), protect=protect)
            assert recording.inputs("Cluster", "cluster")["deletionProtection"] is protect
            assert recording.request("Cluster", "cluster").protect is protect
            assert recording.request("Cluster", "cluster").deleteBeforeReplace

    def test_pods_have_identities_of_their_own(self, mode: str, *, regional: bool) -> None:
        recording, told = recorded(settings(mode, regional=regional))
        cluster = recording.inputs("Cluster", "cluster")
        assert cluster["workloadIdentityConfig"] == {"workloadPool": "atm-dev-1.svc.id.goog"}
        assert told["pool"] == "atm-dev-1.svc.id.goog"

    def test_its_kubeconfig_holds_no_secret_and_no_address(self, mode: str, *, regional: bool) -> None:
        _, told = recorded(settings(mode, regional=regional))
        config = json.loads(told["kubeconfig"])
        assert config["clusters"][0]["cluster"] == {"server": "https://gke-1.us-central1.gke.goog"}
        assert config["users"][0]["user"].keys() == {"exec"}
        assert config["users"][0]["user"]["exec"]["command"] == "gke-gcloud-auth-plugin"


class TestNodePools:
    def test_each_of_the_settings_is_one(self) -> None:
        recording, told = recorded(settings())
        services, database = (recording.inputs("NodePool", f"cluster-{name}") for name in ("services", "database"))
        assert services["autoscaling"] == {"minNodeCount": 1, "maxNodeCount": 3, "locationPolicy": "ANY"}
        assert database["autoscaling"] == {"minNodeCount": 1, "maxNodeCount": 2, "locationPolicy": "BALANCED"}
        assert (services["nodeConfig"]["spot"], database["nodeConfig"]["spot"]) == (True, False)
        assert (services["nodeConfig"]["diskType"], database["nodeConfig"]["diskType"]) == ("pd-balanced", "pd-ssd")
        assert told["placement"] == "database"

    def test_only_the_databases_is_kept_free(self) -> None:
        recording, _ = recorded(settings())
        services, database = (
            recording.inputs("NodePool", f"cluster-{name}")["nodeConfig"] for name in ("services", "database")
        )
        assert services["labels"] == {"a-tu-mano/purpose": "services"}
        assert "taints" not in services
        assert database["labels"] == {"a-tu-mano/purpose": "database"}
        assert database["taints"] == [{"key": "a-tu-mano/purpose", "value": "database", "effect": "NO_SCHEDULE"}]

    def test_every_node_is_hardened_also_those_that_are_removed_at_once(self) -> None:
        recording, _ = recorded(settings())
        nodes = [r.inputs["nodeConfig"] for r in recording.resources if "nodeConfig" in r.inputs]
        assert len(nodes) == 3
        for node in nodes:
            assert node["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
            assert node["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
            assert node["metadata"] == {"disable-legacy-endpoints": "true"}
            assert node["kubeletConfig"] == {"insecureKubeletReadonlyPortEnabled": "FALSE"}
            assert node["imageType"] == "COS_CONTAINERD"

    @pytest.mark.parametrize("name", ["services", "database"])
    def test_they_are_upgraded_and_repaired_and_may_be_succeeded(self, name: str) -> None:
        recording, _ = recorded(settings())
        pool = recording.inputs("NodePool", f"cluster-{name}")
        assert pool["management"] == {"autoRepair": True, "autoUpgrade": True}
        assert pool["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}
        # With a name of its own, a successor could not be there before it goes.
        assert "name" not in pool
        assert "initialNodeCount" in recording.request("NodePool", f"cluster-{name}").ignoreChanges

    def test_autopilot_has_none(self) -> None:
        recording, told = recorded(settings("autopilot"))
        assert not [line for line in recording.inventory() if "NodePool" in line]
        assert told["placement"] is None


def test_what_gke_changes_by_itself_is_no_difference() -> None:
    recording, _ = recorded(settings())
    assert set(recording.request("Cluster", "cluster").ignoreChanges) == {
        "initialNodeCount",
        "nodeConfig",
        "nodeVersion",
    }


class TestImages:
    @pytest.mark.parametrize(
        ("setting", "mode"), [("enforce", "ENFORCED_BLOCK_AND_AUDIT_LOG"), ("audit", "DRYRUN_AUDIT_LOG_ONLY")]
    )
    def test_only_those_of_the_stacks_registry_and_googles_own_run(self, setting: str, mode: str) -> None:
        recording, _ = recorded(settings(binaryAuthorization=setting))
        assert recording.inputs("Policy", "cluster-images") == {
            "project": "atm-dev-1",
            "globalPolicyEvaluationMode": "ENABLE",
            "defaultAdmissionRule": {"evaluationMode": "ALWAYS_DENY", "enforcementMode": mode},
            "admissionWhitelistPatterns": [{"namePattern": "us-central1-docker.pkg.dev/atm-dev-1/images/*"}],
        }
        cluster = recording.inputs("Cluster", "cluster")
        assert cluster["binaryAuthorization"] == {"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"}

    def test_off_leaves_the_projects_policy_alone(self) -> None:
        recording, _ = recorded(settings(binaryAuthorization="off"))
        assert not [line for line in recording.inventory() if "Policy" in line]
        assert recording.inputs("Cluster", "cluster")["binaryAuthorization"] == {"evaluationMode": "DISABLED"}


class TestMaintenance:
    def test_the_window_follows_from_the_settings_and_from_no_clock(self) -> None:
        told = MaintenanceSettings.model_validate({"start": "22:30", "hours": 6, "days": ["SU", "TU", "SU"]})
        assert maintenance(told) == {
            "recurring_window": {
                "start_time": "2025-01-01T22:30:00Z",
                "end_time": "2025-01-02T04:30:00Z",
                "recurrence": "FREQ=WEEKLY;BYDAY=TU,SU",
            },
            "maintenance_exclusions": [],
        }

    def test_exclusions_are_sorted_by_name(self) -> None:
        exclusions = {
            name: {"start": "2026-12-20T00:00:00Z", "end": "2027-01-04T00:00:00Z", "scope": scope}
            for name, scope in (("sales", "NO_UPGRADES"), ("christmas", "NO_MINOR_UPGRADES"))
        }
        told: Any = maintenance(MaintenanceSettings.model_validate({"exclusions": exclusions}))
        assert [list(e.values()) for e in told["maintenance_exclusions"]] == [
            ["christmas", "2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z", {"scope": "NO_MINOR_UPGRADES"}],
            ["sales", "2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z", {"scope": "NO_UPGRADES"}],
        ]


def test_administrators_may_work_inside_the_cluster_and_not_on_it() -> None:
    recording, _ = recorded(settings(admins=["user:b@example.com", "group:a@example.com"]))
    granted = [r.inputs for r in recording.resources if ":" in r.inputs.get("member", "") and "admin" in r.name]
    assert [(g["member"], g["role"]) for g in granted] == [
        ("group:a@example.com", "roles/container.developer"),
        ("user:b@example.com", "roles/container.developer"),
    ]


@pytest.mark.parametrize("mode", ["standard", "autopilot"])
def test_metrics_follow_the_setting(mode: str) -> None:
    [on, off] = (cluster_of(mode, managedPrometheus=value)["monitoringConfig"] for value in (True, False))
    assert on == {"enableComponents": ["SYSTEM_COMPONENTS"], "managedPrometheus": {"enabled": True}}
    assert off == {"enableComponents": ["SYSTEM_COMPONENTS"], "managedPrometheus": {"enabled": False}}


@pytest.mark.parametrize("mode", ["standard", "autopilot"])
def test_the_backup_agent_is_there_where_backups_are(mode: str) -> None:
    with_backup = cluster_of(mode, backup={})["addonsConfig"]
    without = cluster_of(mode)["addonsConfig"]
    assert with_backup["gkeBackupAgentConfig"] == {"enabled": True}
    assert without["gkeBackupAgentConfig"] == {"enabled": False}
