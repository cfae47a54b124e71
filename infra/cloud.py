"""Which GCP components a stack gets, and what each receives from the ones before it. Reads as a table of contents."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from infra import state
from infra.components import (
    binary_authorization,
    budget,
    cloud_secret,
    cluster,
    cluster_backup,
    delivery,
    edge,
    identity,
    keys,
    observability,
    project,
    registry,
    vpc,
)
from infra.components.budget import Budget, BudgetArgs
from infra.components.cluster import Cluster, ClusterArgs
from infra.components.cluster_backup import ClusterBackup, ClusterBackupArgs
from infra.components.delivery import Delivery, DeliveryArgs
from infra.components.edge import Edge, EdgeArgs
from infra.components.identity import Identity, IdentityArgs
from infra.components.keys import Keys, KeysArgs
from infra.components.observability import Observability, ObservabilityArgs
from infra.components.project import Project, ProjectArgs
from infra.components.registry import Registry, RegistryArgs
from infra.components.vpc import Network, NetworkArgs
from infra.naming import Naming
from infra.settings_gcp import GcpSettings
from infra.settings_models import StackSettings

APIS: Final = tuple(
    sorted(
        {
            api
            for component in (
                binary_authorization,
                budget,
                cloud_secret,
                cluster,
                cluster_backup,
                delivery,
                edge,
                identity,
                keys,
                observability,
                project,
                registry,
                vpc,
            )
            for api in component.APIS
        }
    )
)
"""Every API that a component calls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cloud:
    """What the Kubernetes part of a stack and its outputs need of GCP."""

    project: Project
    network: Network
    registry: Registry
    cluster: Cluster
    edge: Edge
    identity: Identity
    delivery: Delivery


def compose(name: str, settings: StackSettings, cloud: GcpSettings, names: Naming) -> Cloud:
    """Register everything of the stack `name` that is on GCP."""
    zone = cloud.zone or f"{cloud.region}-b"
    protect = cloud.protect
    labels = {"stack": name, "part-of": settings.prefix, "managed-by": "pulumi"}
    anywhere = gcp.Provider("account", region=cloud.region, default_labels=labels)
    home = Project(
        "project",
        ProjectArgs(
            names=names, settings=cloud.project, apis=APIS, protect=protect, region=cloud.region, labels=labels
        ),
        pulumi.ResourceOptions(providers=[anywhere]),
    )
    inside = pulumi.ResourceOptions(providers=[home.provider])
    ring = Keys(
        "keys",
        KeysArgs(
            names=names,
            settings=cloud.keys,
            project=home.id,
            number=home.number,
            apis=home.apis,
            location=cloud.region,
            protect=protect,
        ),
        inside,
    )
    network = Network(
        "network",
        NetworkArgs(
            names=names,
            settings=cloud.network,
            project=home.id,
            apis=home.apis,
            region=cloud.region,
            protect=protect,
        ),
        inside,
    )
    images = Registry(
        "registry",
        RegistryArgs(
            names=names,
            settings=cloud.registry,
            project=home.id,
            number=home.number,
            apis=home.apis,
            region=cloud.region,
            keys=ring,
        ),
        inside,
    )
    gke = Cluster(
        "cluster",
        ClusterArgs(
            names=names,
            settings=cloud.cluster,
            project=home.id,
            number=home.number,
            apis=home.apis,
            region=cloud.region,
            zone=zone,
            network=network,
            keys=ring,
            registry=images,
            protect=protect,
        ),
        inside,
    )
    if cloud.cluster.backup is not None:
        ClusterBackup(
            "backup",
            ClusterBackupArgs(
                names=names,
                settings=cloud.cluster.backup,
                project=home.id,
                apis=home.apis,
                region=cloud.region,
                cluster=gke.id,
                keys=ring,
                namespaces=(settings.namespaces.services, settings.namespaces.database, settings.namespaces.edge),
                goes_with=home.own,
            ),
            inside,
        )
    entrance = Edge(
        "edge",
        EdgeArgs(names=names, settings=cloud.edge, project=home.id, apis=home.apis, protect=protect),
        inside,
    )
    trust = Identity(
        "identity",
        IdentityArgs(
            names=names,
            settings=cloud.delivery.bitbucket,
            project=home.id,
            number=home.number,
            apis=home.apis,
            suffix=cloud.keys.ring,
            workload_pool=gke.workload_pool,
        ),
        inside,
    )
    builds = Delivery(
        "delivery",
        DeliveryArgs(
            names=names,
            settings=cloud.delivery,
            project=home.id,
            number=home.number,
            apis=home.apis,
            region=cloud.region,
            registry=images,
            nodes=gke.account,
            state=state.of(names, cloud),
            after=gke.ready,
        ),
        inside,
    )
    Observability(
        "observability",
        ObservabilityArgs(
            names=names,
            settings=cloud.observability,
            project=home.id,
            apis=home.apis,
            contact=cloud.project.contact,
            domain=cloud.edge.domain,
            services=settings.services,
            namespaces=settings.namespaces,
            cluster=names.physical("cluster", "cluster"),
            repository=cloud.delivery.bitbucket,
        ),
        inside,
    )
    Budget(
        "budget",
        BudgetArgs(
            names=names,
            settings=cloud.budget,
            billing_account=cloud.project.billing_account,
            contact=cloud.project.contact,
            project=home.id,
            number=home.number,
            apis=home.apis,
        ),
        inside,
    )
    return Cloud(
        project=home, network=network, registry=images, cluster=gke, edge=entrance, identity=trust, delivery=builds
    )
