"""The settings of a stack that has a GCP project of its own, as sections of named types; `settings` reads them."""

from pydantic import Field

from infra import settings_gcp_types as types
from infra.settings_section import Section
from infra.settings_types import IpRange, Switch


class ProjectSettings(Section):
    """The GCP project of the stack."""

    billing_account: types.BillingAccount
    """Billing account that pays. Only you know it: null until it is set."""
    contact: types.Email
    """E-mail address that gets alerts, budget notices and Google's essential contacts. Only you know it."""
    id: types.ProjectId | None = None
    """Id of the project; null makes one of prefix, stack and six digits that follow from the billing account."""
    create: Switch = True
    """Whether the program makes the project; false takes the existing one that `id` names."""
    parent: types.Parent | None = None
    """Organization or folder of a project the program makes; null for none."""
    audit_data_access: Switch = True
    """Whether reads and writes of data are logged too (CIS GCP 2.1); administrative ones always are."""


class StateSettings(Section):
    """Where Pulumi's state of this stack and its root secret are kept: a project apart, made by `make bootstrap`."""

    project: types.ProjectId | None = None
    """Id of that project; null makes one of prefix, stack, "state" and six digits, as for the stack's own."""
    create: Switch = True
    """Whether `make bootstrap` makes the project; false takes the existing one."""


class KeySettings(Section):
    """Keys of Cloud KMS that encrypt what the stack keeps."""

    rotation_days: types.Rotation = 90
    """Days after which a key gets a new version (CIS GCP 1.10)."""
    protection: types.ProtectionLevel = "SOFTWARE"
    """Where key material lives: SOFTWARE or HSM."""
    ring: types.RingSuffix = "1"
    """Last part of the names of the key ring, which can't be deleted, and of the pool of Bitbucket's identities, which
    stays taken for 30 days: write another one to bring a destroyed stack up again in a project that was kept."""


class NetworkSettings(Section):
    """The VPC; the three ranges may not overlap each other."""

    nodes: IpRange = "10.10.0.0/20"
    """Addresses of nodes; /29 to /20."""
    pods: IpRange = "10.20.0.0/16"
    """Addresses of pods; /21 to /12, a node takes a /24 of them."""
    services: IpRange = "10.30.0.0/20"
    """Addresses of Kubernetes Services; /27 to /16."""
    flow_logs: types.Fraction | None = 0.5
    """Share of connections that VPC flow logs record (CIS GKE 5.6.1); null for none."""


class ExclusionSettings(Section):
    """A time in which the cluster is not upgraded."""

    start: types.Instant
    """Begin, e.g. "2026-12-20T00:00:00Z"."""
    end: types.Instant
    """End, e.g. "2027-01-04T00:00:00Z"."""
    scope: types.ExclusionScope = "NO_MINOR_OR_NODE_UPGRADES"
    """What is held back."""


class MaintenanceSettings(Section):
    """When Google may upgrade the cluster."""

    start: types.Clock = "03:00"
    """Begin of the window, in UTC."""
    hours: types.WindowHours = 6
    """Length of the window; GKE wants 48 hours within any 32 days."""
    days: tuple[types.Weekday, ...] = ("TU", "WE", "TH")
    """Days of the week."""
    exclusions: dict[types.PoolName, ExclusionSettings] = Field(default_factory=dict)
    """Times without upgrades, by name."""


class PoolSettings(Section):
    """A node pool of a Standard cluster; numbers are per zone."""

    purpose: types.PoolPurpose
    """What runs there: `services`, or `database`, whose nodes are tainted for it."""
    machine_type: types.MachineType
    """Machine type, e.g. e2-standard-2."""
    spot: Switch = False
    """Whether nodes are Spot VMs, which Google may take away; for stateless work only."""
    min: types.Nodes
    """Nodes at least."""
    max: types.MostNodes
    """Nodes at most."""
    disk_gb: types.DiskGb = 50
    """Size of the boot disk in GB."""
    disk_type: types.DiskType = "pd-balanced"
    """Type of the boot disk."""


class BackupSettings(Section):
    """Backups of the cluster's resources and volumes by Backup for GKE."""

    hour: types.Clock = "02:00"
    """When a backup is made every day, in UTC."""
    keep_days: types.BackupDays = 14
    """Days a backup is kept."""
    lock_days: types.LockDays = 0
    """Days in which a backup can't be deleted, at most keepDays."""


class ClusterSettings(Section):
    """The GKE cluster."""

    mode: types.ClusterMode = "standard"
    """autopilot, where Google runs the nodes, or standard, with the pools below. Another mode is another cluster."""
    regional: Switch = False
    """Whether control plane and nodes are spread over the region's zones; one zone otherwise."""
    release_channel: types.ReleaseChannel = "REGULAR"
    """How early the cluster gets new versions."""
    maintenance: MaintenanceSettings = MaintenanceSettings()
    pools: dict[types.PoolName, PoolSettings] = Field(default_factory=dict)
    """Node pools by name; required in mode standard, empty in mode autopilot."""
    volumes: types.DiskType = "pd-balanced"
    """Type of the disks behind volumes; the machines of pools for the database have to take it."""
    admins: tuple[types.Member, ...] = ()
    """People and groups who may reach the control plane and change what runs inside; they can't change the cluster."""
    binary_authorization: types.Enforcement = "enforce"
    """Whether only images of the stack's own registry and Google's system images run: enforce, audit or off."""
    managed_prometheus: Switch = True
    """Whether Google collects the metrics of pods."""
    cost_allocation: Switch = True
    """Whether the bill tells namespaces and labels apart."""
    backup: BackupSettings | None = None
    """Backups of the cluster; null for none."""


class RegistrySettings(Section):
    """The Artifact Registry repository of the images."""

    keep_versions: types.Versions = 10
    """Newest versions of each image that are always kept."""
    delete_after_days: types.Days = 30
    """Age at which other versions are deleted."""
    scan: Switch = False
    """Whether each new image is scanned for vulnerabilities; costs per image."""


class CloudEdgeSettings(Section):
    """The load balancer's name, address and protection."""

    domain: types.Domain
    """Domain of the shop. Only you know it: null until it is set."""
    zone: types.Domain | None = None
    """Domain of the Cloud DNS zone; null is the domain itself. Your registrar has to delegate it."""
    create_zone: Switch = True
    """Whether the program makes the zone; false takes the project's existing one for that domain."""
    cloud_armor: Switch = True
    """Whether Cloud Armor protects the services by what follows; a billing account on trial has no quota for it."""
    requests_per_minute: types.RateLimit = 600
    """Requests per client address and minute above which Cloud Armor refuses more."""
    waf: types.Enforcement = "enforce"
    """Cloud Armor's preconfigured rules against injections and the like: enforce, audit (log only) or off."""


class TriggerSettings(Section):
    """What starts a build."""

    branch: types.Branch
    """Branch that is pushed to, or that a pull request wants to be merged into."""
    pull_request: Switch = False
    """Whether pull requests to the branch start it (tests only) instead of a push to it."""
    approval: Switch = False
    """Whether a person has to approve each build."""


class BitbucketSettings(Section):
    """The one Bitbucket Cloud repository that may build and deploy. Only you know it: null until it is set."""

    workspace: types.BitbucketWorkspace
    """Id of the workspace."""
    repository: types.BitbucketRepository
    """Name of the repository."""
    workspace_uuid: types.WorkspaceUuid
    """UUID of the workspace."""
    repository_uuid: types.RepositoryUuid
    """UUID of the repository."""
    environment_uuid: types.EnvironmentUuid
    """UUID of the deployment environment of Bitbucket Pipelines that deploys this stack."""


class DeliverySettings(Section):
    """From a push in Bitbucket to this stack."""

    region: types.Region | None = None
    """Region of the builds; null is the stack's."""
    bitbucket: BitbucketSettings
    triggers: dict[types.TriggerName, TriggerSettings]
    """What starts a build, by name."""
    approvers: tuple[types.Member, ...] = ()
    """People and groups who may approve builds; the project's owners always may."""
    builder: types.PinnedImage = "golang:1.26.8-bookworm"
    """Image the steps run in: Debian 12 with Python 3.11 and the Go that the tools are built with. Best by digest."""
    launcher: types.PinnedImage = "docker:28.3.3-cli"
    """Image with the Docker client, which starts the builder for the steps that need privileges. Best by digest."""
    machine: types.BuildMachine | None = None
    """Machine of the builds; null is the pool's own with 2 cores and 8 GB, of which 2500 minutes a month are free."""
    minutes: types.BuildMinutes = 180
    """Minutes after which a build is ended."""


class ObservabilitySettings(Section):
    """What is watched, and when somebody is told."""

    availability: types.Objective = 0.99
    """Share of requests answered without a server error, over 28 days."""
    latency_ms: types.Milliseconds = 500
    """Time within which the share below of requests is answered."""
    latency_share: types.Objective = 0.95
    """Share of requests answered within that time, over 28 days."""
    log_days: types.Days = 30
    """Days that logs are kept."""


class BudgetSettings(Section):
    """The budget of the project; an alert is a message, it stops nothing."""

    amount: types.Amount
    """Money a month."""
    currency: types.Currency = "USD"
    """Currency of the billing account."""
    thresholds: tuple[types.Threshold, ...] = (0.5, 0.9, 1.0)
    """Shares of the budget at which a message is sent; a forecast above the last one sends one too."""


class GcpSettings(Section):
    """Everything of the stack that is on GCP."""

    region: types.Region
    """Region of everything that has one."""
    zone: types.Zone | None = None
    """Zone of a cluster that is not regional; null is the region's "-b"."""
    protect: Switch = True
    """Whether cluster, keys, network, project and database refuse to be deleted; `make down UNPROTECT=yes` lifts it."""
    rehearsal: Switch = False
    """Whether the cloud is the emulated one of `make rehearse`, which alone sets it."""
    project: ProjectSettings
    state: StateSettings = StateSettings()
    keys: KeySettings = KeySettings()
    network: NetworkSettings = NetworkSettings()
    cluster: ClusterSettings
    registry: RegistrySettings = RegistrySettings()
    edge: CloudEdgeSettings
    delivery: DeliverySettings
    observability: ObservabilitySettings = ObservabilitySettings()
    budget: BudgetSettings
