"""The GKE cluster of a stack.

Owns: the cluster, Standard or Autopilot, in a zone or a region; its node pools; the account its nodes run as; the
policy of images that may run in it; the roles of those who administer it.

Nobody reaches it by an address: nodes have none outside, the control plane none at all. It has a DNS endpoint, open to
whom IAM lets in.

Deliberately not here: what pods may reach each other (NetworkPolicies of the components inside), and versions: the
release channel decides, and nothing in the program pins one.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pulumi
from pulumi_gcp import artifactregistry, container, projects, serviceaccount

from infra.components import binary_authorization, pools
from infra.components.base import Component
from infra.components.binary_authorization import BinaryAuthorization, BinaryAuthorizationArgs
from infra.components.kubeconfig import kubeconfig
from infra.naming import Naming, logical
from infra.settings_gcp import ClusterSettings, MaintenanceSettings

if TYPE_CHECKING:
    from pulumi_gcp.container import ClusterMaintenancePolicyArgsDict

    from infra.components.keys import Keys
    from infra.components.registry import Registry
    from infra.components.vpc import Network

APIS: Final = ("container.googleapis.com", "iam.googleapis.com", *binary_authorization.APIS)
NODE_ROLE: Final = "roles/container.defaultNodeServiceAccount"
"""To write logs and metrics. Source: cloud.google.com/kubernetes-engine/docs/how-to/service-accounts."""
ADMIN_ROLE: Final = "roles/container.developer"
"""To connect, and to read and change what runs inside; not the cluster itself, and no rights for others."""
_WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST_DAY: Final = "2025-01-01"
"""Day from which windows are counted; in the past and the same in every run, so that no preview differs by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterArgs:
    """Inputs of Cluster."""

    names: Naming
    """Names of the stack."""
    settings: ClusterSettings
    """Mode, pools, upgrades, who administers it."""
    project: pulumi.Input[str]
    """Id of the project."""
    number: pulumi.Input[str]
    """Number of the project."""
    apis: Mapping[str, pulumi.Resource]
    """The project's APIs, by name."""
    region: str
    """Region of a regional cluster, and of the registry."""
    zone: str
    """Zone of a cluster that is not regional."""
    network: "Network"
    """Where its nodes, pods and Services get their addresses."""
    keys: "Keys"
    """Keys that encrypt what etcd holds and the nodes' disks."""
    registry: "Registry"
    """Where its images come from; its nodes may read there."""
    protect: bool
    """Whether it refuses to be deleted."""


class Cluster(Component):
    """A private GKE cluster."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Cluster"

    name: pulumi.Output[str]
    """Its name."""
    location: str
    """Its zone or region."""
    id: pulumi.Output[str]
    """projects/<project>/locations/<location>/clusters/<name>"""
    self_link: pulumi.Output[str]
    """Its URL in Google's API."""
    kubeconfig: pulumi.Output[str]
    """How to reach it, as YAML; no secret. The caller's own credentials come from `gke-gcloud-auth-plugin`."""
    workload_pool: pulumi.Output[str]
    """Pool of the identities of its pods; known once the cluster, and with it the pool, exists."""
    account: pulumi.Output[str]
    """Account its nodes run as, as a resource: projects/<project>/serviceAccounts/<e-mail address>."""
    disks: pulumi.Output[str]
    """Id of the key of its nodes' disks and of volumes."""
    placement: str | None
    """Purpose of the nodes the database has to be put on; None where Google runs the nodes."""
    ready: list[pulumi.Resource]
    """What has to exist before anything can run in it."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        self.location = args.region if settings.regional else args.zone
        account, granted = self._account(name, args)
        policies = self._policies(name, args)
        key = args.keys.key("disks")
        before = [args.apis["container.googleapis.com"], *args.network.ready, *granted, *policies]
        cluster = container.Cluster(
            name,
            name=args.names.physical("cluster", "cluster"),
            project=args.project,
            location=self.location,
            deletion_protection=args.protect,
            network=args.network.network,
            subnetwork=args.network.subnetwork,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy={
                "cluster_secondary_range_name": args.network.pods_range,
                "services_secondary_range_name": args.network.services_range,
            },
            private_cluster_config={"enable_private_nodes": True},
            control_plane_endpoints_config={
                "dns_endpoint_config": {"allow_external_traffic": True},
                "ip_endpoints_config": {"enabled": False},
            },
            master_auth={"client_certificate_config": {"issue_client_certificate": False}},
            anonymous_authentication_config={"mode": "LIMITED"},
            rbac_binding_config={
                "enable_insecure_binding_system_authenticated": False,
                "enable_insecure_binding_system_unauthenticated": False,
            },
            database_encryption={"state": "ENCRYPTED", "key_name": args.keys.key("cluster")},
            workload_identity_config={"workload_pool": pulumi.Output.concat(args.project, ".svc.id.goog")},
            binary_authorization={
                "evaluation_mode": "PROJECT_SINGLETON_POLICY_ENFORCE" if policies else "DISABLED",
            },
            # The registry scans images, at a price per image; here it would be one per cluster and hour.
            security_posture_config={"mode": "BASIC", "vulnerability_mode": "VULNERABILITY_DISABLED"},
            release_channel={"channel": settings.release_channel},
            maintenance_policy=maintenance(settings.maintenance),
            gateway_api_config={"channel": "CHANNEL_STANDARD"},
            cost_management_config={"enabled": settings.cost_allocation},
            logging_config={"enable_components": ["SYSTEM_COMPONENTS", "WORKLOADS"]},
            monitoring_config={
                # Those of the cluster's state would be priced like samples of our own, and nothing here reads them.
                "enable_components": ["SYSTEM_COMPONENTS"],
                "managed_prometheus": {"enabled": settings.managed_prometheus},
            },
            **_mode(settings, account.email, key),
            opts=self.child(
                depends_on=before,
                protect=args.protect,
                # A cluster of the same name can't be there twice.
                delete_before_replace=True,
                # They describe the pool that is removed at once; what is read later is another pool's.
                ignore_changes=["initialNodeCount", "nodeConfig", "nodeVersion"],
            ),
        )
        nodes = pools.hardened(account.email, key)
        made = [
            container.NodePool(
                logical(name, pool),
                project=args.project,
                cluster=cluster.name,
                location=self.location,
                **pools.pool(settings.pools[pool], nodes),
                # The autoscaler and Google's upgrades go on from there.
                opts=self.child(ignore_changes=["initialNodeCount", "nodeCount", "version"]),
            )
            for pool in sorted(settings.pools)
        ]
        for member in sorted(settings.admins):
            projects.IAMMember(
                logical(name, f"admin-{member}"),
                project=args.project,
                role=ADMIN_ROLE,
                member=member,
                opts=self.child(),
            )
        self.name = cluster.name
        self.account = account.name
        self.id = cluster.id
        self.self_link = cluster.self_link
        endpoint = cluster.control_plane_endpoints_config.dns_endpoint_config.endpoint
        self.kubeconfig = pulumi.Output.all(cluster.name, endpoint).apply(lambda known: kubeconfig(known[0], known[1]))
        self.workload_pool = pulumi.Output.all(args.project, cluster.id).apply(lambda known: f"{known[0]}.svc.id.goog")
        self.disks = key
        self.placement = pools.DATABASE if made else None
        self.ready = [cluster, *made]
        self.register_outputs({"name": self.name, "kubeconfig": self.kubeconfig})

    def _account(self, name: str, args: ClusterArgs) -> tuple[serviceaccount.Account, list[pulumi.Resource]]:
        """The account of the nodes, and what grants it its roles."""
        account = serviceaccount.Account(
            logical(name, "nodes"),
            project=args.project,
            account_id=args.names.physical("nodes", "service account"),
            display_name=f"Nodes of {args.names.prefix}-{args.names.stack}",
            opts=self.child(depends_on=[args.apis["iam.googleapis.com"]]),
        )
        return account, [
            projects.IAMMember(
                logical(name, "nodes-run"),
                project=args.project,
                role=NODE_ROLE,
                member=account.member,
                opts=self.child(),
            ),
            artifactregistry.RepositoryIamMember(
                logical(name, "nodes-pull"),
                project=args.project,
                location=args.region,
                repository=args.registry.id,
                role="roles/artifactregistry.reader",
                member=account.member,
                opts=self.child(),
            ),
        ]

    def _policies(self, name: str, args: ClusterArgs) -> list[pulumi.Resource]:
        """The policy of images, or none."""
        if args.settings.binary_authorization == "off":
            return []
        policy = BinaryAuthorization(
            logical(name, "images"),
            BinaryAuthorizationArgs(
                enforcement=args.settings.binary_authorization,
                project=args.project,
                registry=args.registry.url,
                apis=args.apis,
            ),
            self.child(),
        )
        return [policy.policy]


def _mode(settings: ClusterSettings, account: pulumi.Input[str], key: pulumi.Input[str]) -> dict[str, Any]:
    """What only one of the modes may be told; Autopilot has the hardening of the other one built in.

    Not even `enable_autopilot: false` may be said of a Standard cluster. Source: pulumi-gcp issue 2881.
    """
    addons: dict[str, Any] = {
        "http_load_balancing": {"disabled": False},
        "horizontal_pod_autoscaling": {"disabled": False},
        "gke_backup_agent_config": {"enabled": settings.backup is not None},
    }
    if settings.mode == "autopilot":
        # Never a node_config: the provider would replace the cluster in the next run. Source: pulumi-gcp issue 2247.
        nodes = {"service_account": account, "oauth_scopes": [pools.CLOUD_PLATFORM], "boot_disk_kms_key": key}
        return {
            "enable_autopilot": True,
            "addons_config": addons,
            "cluster_autoscaling": {"auto_provisioning_defaults": nodes},
            "node_pool_auto_config": {"node_kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"}},
        }
    return {
        "addons_config": {
            **addons,
            "dns_cache_config": {"enabled": True},
            "gce_persistent_disk_csi_driver_config": {"enabled": True},
        },
        # Dataplane V2 enforces NetworkPolicies itself; the add-on for them must not be there.
        "datapath_provider": "ADVANCED_DATAPATH",
        "enable_intranode_visibility": True,
        "enable_shielded_nodes": True,
        "remove_default_node_pool": True,
        "initial_node_count": 1,
        "node_config": pools.temporary(account, key),
    }


def maintenance(settings: MaintenanceSettings) -> "ClusterMaintenancePolicyArgsDict":
    """Weekly window and exclusions; the order of days in the settings means nothing."""
    start = datetime.datetime.fromisoformat(f"{_FIRST_DAY}T{settings.start}:00+00:00")
    days = ",".join(day for day in _WEEK if day in settings.days)
    return {
        "recurring_window": {
            "start_time": _utc(start),
            "end_time": _utc(start + datetime.timedelta(hours=settings.hours)),
            "recurrence": f"FREQ=WEEKLY;BYDAY={days}",
        },
        "maintenance_exclusions": [
            {
                "exclusion_name": name,
                "start_time": exclusion.start,
                "end_time": exclusion.end,
                "exclusion_options": {"scope": exclusion.scope},
            }
            for name, exclusion in sorted(settings.exclusions.items())
        ],
    }


def _utc(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
