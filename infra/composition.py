"""Which components a stack gets, and what each receives from the ones before it. Reads as a table of contents."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from infra import state
from infra.components.credentials import CloudCredentialsArgs, Credentials, CredentialsArgs
from infra.components.database import PORT, Database, DatabaseArgs, credential
from infra.components.gateway import Gateway, GatewayArgs
from infra.components.metrics import Metrics, MetricsArgs
from infra.components.microservice import Microservice, MicroserviceArgs
from infra.components.namespace import Namespace, NamespaceArgs
from infra.components.service_network import Neighbours
from infra.components.volumes import Volumes, VolumesArgs
from infra.naming import Naming
from infra.settings import Stack
from infra.settings_checks import DATABASE, URI_SECRET
from infra.settings_models import StackSettings

if TYPE_CHECKING:
    from infra.cloud import Cloud


@dataclass(frozen=True, kw_only=True, slots=True)
class Outputs:
    """What a stack tells; the same names in every stack, explained in docs/outputs.md. No secrets."""

    cluster: dict[str, object]
    endpoints: dict[str, pulumi.Output[str]] | None = None
    services: dict[str, dict[str, object]] | None = None
    database: dict[str, object] | None = None
    project: dict[str, object] | None = None
    registry: pulumi.Output[str] | None = None
    edge: dict[str, object] | None = None
    delivery: dict[str, object] | None = None

    def export(self) -> None:
        """Hand those that the stack has to the engine."""
        for field in fields(self):
            if (value := getattr(self, field.name)) is not None:
                pulumi.export(field.name, value)


def compose(stack: Stack) -> Outputs:
    """Register everything the stack consists of."""
    settings = stack.settings
    names = Naming(prefix=settings.prefix, stack=stack.name)
    cloud = _cloud(stack, names)
    if cloud is not None and not stack.images:
        return Outputs(**_on_gcp(stack, cloud))
    cluster = _cluster(stack, cloud)
    inside = pulumi.ResourceOptions(providers=[cluster])

    shop, data, edge = (
        Namespace(
            role,
            NamespaceArgs(
                names=names,
                name=name,
                pod_security=settings.kubernetes.pod_security,
                dns=settings.kubernetes.dns,
            ),
            inside,
        )
        for role, name in (
            ("shop", settings.namespaces.services),
            ("database", settings.namespaces.database),
            ("edge", settings.namespaces.edge),
        )
    )
    credentials = Credentials("credentials", _root(stack, names), inside)
    volumes = _volumes(settings, names, cloud, inside)
    database = Database(
        "mongodb",
        DatabaseArgs(
            names=names,
            settings=settings.database,
            image=stack.images[DATABASE],
            namespace=data.name,
            services=tuple(name for name, service in settings.services.items() if service.database),
            services_namespace=settings.namespaces.services,
            credentials=credentials,
            storage_class=settings.database.storage_class or (volumes.name if volumes else None),
            placement=cloud.cluster.placement if cloud else None,
            protect=settings.gcp.protect if settings.gcp else False,
        ),
        inside,
    )
    gateway = Gateway(
        "gateway",
        GatewayArgs(
            names=names,
            settings=settings.edge,
            namespace=edge.name,
            own_namespace=settings.namespaces.edge,
            routes_namespace=settings.namespaces.services,
            routes_ports=tuple(sorted({service.port for service in settings.services.values()})),
            edge=cloud.edge if cloud else None,
        ),
        inside,
    )
    services = {
        name: Microservice(
            name,
            MicroserviceArgs(
                names=names,
                settings=service,
                image=stack.images[name],
                namespace=shop.name,
                secrets=_secrets(name, settings, credentials, database),
                secrets_version=credentials.version(_credentials(name, settings)),
                neighbours=_neighbours(name, settings),
                gateway=gateway,
                public_url=settings.public_url,
            ),
            inside,
        )
        for name, service in settings.services.items()
    }
    if settings.gcp is not None and settings.gcp.cluster.managed_prometheus:
        Metrics("metrics", MetricsArgs(names=names, namespace=shop.name, services=tuple(settings.services)), inside)
    return _outputs(stack, database, services, cloud)


def _cloud(stack: Stack, names: Naming) -> "Cloud | None":
    """Everything of the stack that is on GCP; None where the cluster is already there."""
    if stack.settings.gcp is None:
        return None
    from infra import cloud  # noqa: PLC0415 - a stack without GCP does not pay for its SDK

    return cloud.compose(stack.name, stack.settings, stack.settings.gcp, names)


def _volumes(
    settings: StackSettings, names: Naming, cloud: "Cloud | None", inside: pulumi.ResourceOptions
) -> Volumes | None:
    """Where a stack on GCP keeps what pods keep; None where the cluster's default has to do."""
    if settings.gcp is None or cloud is None:
        return None
    args = VolumesArgs(names=names, disk=settings.gcp.cluster.volumes, key=cloud.cluster.disks)
    return Volumes("volumes", args, inside)


def _cluster(stack: Stack, cloud: "Cloud | None") -> kubernetes.Provider:
    """The way into the cluster."""
    if cloud is None:
        context = stack.settings.kubernetes.context
        return kubernetes.Provider("cluster", kubeconfig=stack.kubeconfig, context=context)
    return kubernetes.Provider(
        "cluster",
        kubeconfig=cloud.cluster.kubeconfig,
        # Another way to the same cluster replaces nothing inside it.
        cluster_identifier=cloud.cluster.self_link,
        # A cluster that is gone takes what was inside with it; a destroy must not wait for it.
        delete_unreachable=True,
        opts=pulumi.ResourceOptions(depends_on=cloud.cluster.ready),
    )


def _root(stack: Stack, names: Naming) -> CredentialsArgs | CloudCredentialsArgs:
    """Where the root of the credentials is."""
    settings = stack.settings
    if settings.gcp is None:
        return CredentialsArgs(namespace=settings.credentials.namespace, name=settings.credentials.name)
    return CloudCredentialsArgs(state=state.of(names, settings.gcp), stack=stack.name)


def _credentials(name: str, settings: StackSettings) -> list[str]:
    """Credentials a service depends on; secrets of the same name are the same for every service."""
    service = settings.services[name]
    own = [credential(name)] if service.database else []
    return own + [shared(secret) for secret in service.secrets]


def shared(secret: str) -> str:
    """Name of the credential behind a secret of the settings, e.g. "csrf_key" -> "secret:csrf_key"."""
    return f"secret:{secret}"


def _secrets(
    name: str, settings: StackSettings, credentials: Credentials, database: Database
) -> dict[str, pulumi.Input[str]]:
    files: dict[str, pulumi.Input[str]] = {
        secret: credentials.value(shared(secret)) for secret in settings.services[name].secrets
    }
    if name in database.uris:
        files[URI_SECRET] = database.uris[name]
    return files


def _neighbours(name: str, settings: StackSettings) -> Neighbours:
    return Neighbours(
        namespaces=settings.namespaces,
        edge=settings.edge,
        callers=tuple(sorted(other for other, service in settings.services.items() if name in service.calls)),
        callees=tuple((callee, settings.services[callee].port) for callee in sorted(settings.services[name].calls)),
    )


def _outputs(stack: Stack, database: Database, services: dict[str, Microservice], cloud: "Cloud | None") -> Outputs:
    if cloud is not None:
        return Outputs(**_shop(stack, database, services), **_on_gcp(stack, cloud))
    settings = stack.settings
    return Outputs(
        **_shop(stack, database, services),
        cluster={"context": settings.kubernetes.context, "namespaces": settings.namespaces.model_dump()},
    )


class _OnGcp(TypedDict):
    cluster: dict[str, object]
    project: dict[str, object]
    registry: pulumi.Output[str]
    edge: dict[str, object]
    delivery: dict[str, object]


def _on_gcp(stack: Stack, cloud: "Cloud") -> _OnGcp:
    return {
        "cluster": {
            "name": cloud.cluster.name,
            "location": cloud.cluster.location,
            "kubeconfig": cloud.cluster.kubeconfig,
            "namespaces": stack.settings.namespaces.model_dump(),
        },
        "project": {"id": cloud.project.id, "number": cloud.project.number, "egress": cloud.network.egress},
        "registry": cloud.registry.url,
        "edge": {
            "domain": cloud.edge.domain,
            "address": cloud.edge.address,
            "name_servers": cloud.edge.name_servers,
        },
        "delivery": {"identity_provider": cloud.identity.provider, "pipeline_account": cloud.identity.pipeline},
    }


class _Shop(TypedDict):
    endpoints: dict[str, pulumi.Output[str]]
    services: dict[str, dict[str, object]]
    database: dict[str, object]


def _shop(stack: Stack, database: Database, services: dict[str, Microservice]) -> _Shop:
    settings = stack.settings
    return {
        "endpoints": {name: service.endpoint for name, service in services.items()},
        "services": {
            name: {
                "namespace": settings.namespaces.services,
                "image": stack.images[name].reference,
                "url_internal": service.url_internal,
                "replicas": {"min": settings.services[name].replicas.min, "max": settings.services[name].replicas.max},
            }
            for name, service in services.items()
        },
        "database": {
            "engine": settings.database.engine,
            "host": database.host,
            "port": PORT,
            "databases": sorted(database.uris),
            "stand_in": settings.database.engine == "secantus",
        },
    }
