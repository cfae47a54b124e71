"""Which components a stack gets, and what each receives from the ones before it. Reads as a table of contents."""

from dataclasses import dataclass, fields

import pulumi
import pulumi_kubernetes as kubernetes

from infra.components.credentials import Credentials, CredentialsArgs
from infra.components.database import PORT, Database, DatabaseArgs, credential
from infra.components.gateway import Gateway, GatewayArgs
from infra.components.microservice import Microservice, MicroserviceArgs
from infra.components.namespace import Namespace, NamespaceArgs
from infra.components.service_network import Neighbours
from infra.naming import Naming
from infra.settings import Stack
from infra.settings_checks import DATABASE, URI_SECRET
from infra.settings_models import StackSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Outputs:
    """What a stack tells; the same names in every stack, explained in docs/outputs.md. No secrets."""

    endpoints: dict[str, pulumi.Output[str]]
    services: dict[str, dict[str, object]]
    database: dict[str, object]
    cluster: dict[str, object]

    def export(self) -> None:
        """Hand them to the engine."""
        for field in fields(self):
            pulumi.export(field.name, getattr(self, field.name))


def compose(stack: Stack) -> Outputs:
    """Register everything the stack consists of."""
    settings = stack.settings
    names = Naming(prefix=settings.prefix, stack=stack.name)
    cluster = kubernetes.Provider("cluster", kubeconfig=stack.kubeconfig, context=settings.kubernetes.context)
    inside = pulumi.ResourceOptions(providers=[cluster])

    shop, data, edge = (
        Namespace(
            role,
            NamespaceArgs(names=names, name=name, pod_security=settings.kubernetes.pod_security),
            inside,
        )
        for role, name in (
            ("shop", settings.namespaces.services),
            ("database", settings.namespaces.database),
            ("edge", settings.namespaces.edge),
        )
    )
    credentials = Credentials(
        "credentials",
        CredentialsArgs(namespace=settings.credentials.namespace, name=settings.credentials.name),
        inside,
    )
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
    return _outputs(stack, database, services)


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


def _outputs(stack: Stack, database: Database, services: dict[str, Microservice]) -> Outputs:
    settings = stack.settings
    return Outputs(
        endpoints={name: service.endpoint for name, service in services.items()},
        services={
            name: {
                "namespace": settings.namespaces.services,
                "image": stack.images[name].reference,
                "url_internal": service.url_internal,
                "replicas": {"min": settings.services[name].replicas.min, "max": settings.services[name].replicas.max},
            }
            for name, service in services.items()
        },
        database={
            "engine": settings.database.engine,
            "host": database.host,
            "port": PORT,
            "databases": sorted(database.uris),
            "stand_in": settings.database.engine == "secantus",
        },
        cluster={"context": settings.kubernetes.context, "namespaces": settings.namespaces.model_dump()},
    )
