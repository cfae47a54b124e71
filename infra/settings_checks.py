"""What relates two values of the settings; the shape of each value is in `settings_types`.

Sections are judged one by one as far as they could be read, so that a misspelt key in one service hides no mistake of
another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra import naming, settings_gcp_checks
from infra.errors import InvalidNameError, Problem
from infra.settings_problems import key, quoted
from infra.settings_types import quantity

if TYPE_CHECKING:
    from infra.settings_gcp import GcpSettings
    from infra.settings_models import (
        DatabaseSettings,
        EdgeSettings,
        ImageSettings,
        KubernetesSettings,
        ResourceSettings,
        ServiceSettings,
        StackSettings,
    )

DATABASE: Final = "database"
"""Name of the database among the images; no service can have it."""
URI_SECRET: Final = "mongodb_uri"  # noqa: S105 - the name of a file, not its content
"""File every service with a database reads its connection string from."""
PLATFORM_VARIABLES: Final = frozenset({"STACK", "SERVICE_VERSION", "PORT", "METRICS_PORT", "PUBLIC_URL", "SECRETS_DIR"})
"""Environment variables the program sets in every service."""
INTERNAL: Final = "/internal"
"""What lives under this prefix is for other services only; the edge must not route it."""


def url_variable(service: str) -> str:
    """Environment variable that tells a caller where `service` is, e.g. "auth" -> "AUTH_URL"."""
    return f"{service.upper().replace('-', '_')}_URL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Readable:
    """The parts of the settings that could be read."""

    stack: str
    prefix: str | None
    on_gcp: bool
    """Whether there is a section `gcp`, readable or not."""
    gcp: "GcpSettings | None"
    rehearsal: bool
    """Whether the cloud is the emulated one."""
    kubernetes: "KubernetesSettings | None"
    images: "ImageSettings | None"
    edge: "EdgeSettings | None"
    database: "DatabaseSettings | None"
    services: "Mapping[str, ServiceSettings]"
    service_names: frozenset[str]
    """Names of all services, also of those that could not be read."""


def problems(parts: Readable, where: str) -> Iterator[Problem]:
    """Every contradiction between values that are each fine in themselves."""
    yield from _names(parts, where)
    if parts.edge is not None:
        yield from _edge(parts.edge, where, on_gcp=parts.on_gcp)
    if parts.kubernetes is not None:
        yield from _dns(parts.kubernetes, where)
    if parts.database is not None:
        yield from _resources(parts.database.resources, ("database",), where)
    for name, service in parts.services.items():
        yield from _service(name, service, where)
        yield from _calls(name, service, parts.service_names, where)
    yield from _paths(parts.services, where)
    if parts.on_gcp:
        yield from _on_gcp(parts, where)
    if parts.gcp is not None:
        yield from settings_gcp_checks.problems(parts.gcp, parts.prefix, parts.stack, where)


def _names(parts: Readable, where: str) -> Iterator[Problem]:
    if parts.prefix is not None:
        try:
            naming.Naming(prefix=parts.prefix, stack=parts.stack).physical("edge", "gateway")
        except InvalidNameError as error:
            yield Problem(
                where, key("prefix"), f"is {quoted(parts.prefix)}", str(error), "Shorten it or the stack's name."
            )
    if DATABASE in parts.service_names:
        yield Problem(
            where,
            key("services", DATABASE),
            "is taken",
            "another name is required",
            "The database has this name among the images; rename the service.",
        )


def _dns(kubernetes: "KubernetesSettings", where: str) -> Iterator[Problem]:
    # Nobody in a policy's rule would be everybody.
    if not kubernetes.dns.pods and not kubernetes.dns.ranges:
        yield Problem(
            where,
            key("kubernetes", "dns"),
            "names nobody",
            "at least one of pods and ranges is required",
            "Remove it for the default, pods: [kube-dns].",
        )


def _on_gcp(parts: Readable, where: str) -> Iterator[Problem]:
    """What a stack with a project of its own may not be told, since it follows from the project."""
    if parts.kubernetes is not None and parts.kubernetes.context is not None:
        yield Problem(
            where,
            key("kubernetes", "context"),
            f"is {quoted(parts.kubernetes.context)}",
            "null is required on GCP",
            "The program reaches the cluster it makes.",
        )
    if parts.images is not None and parts.images.tags and not parts.rehearsal:
        yield Problem(
            where,
            key("images", "tags"),
            "is true",
            "false is required on GCP",
            "A tag can be moved to another image; deploy digests.",
        )


def not_yet(settings: "StackSettings", stack: str, where: str) -> Iterator[Problem]:
    """What a stack may be told, but this release can't bring up; doctor and bootstrap do their work nevertheless."""
    if settings.gcp is not None and settings.database.engine == "secantus" and not settings.gcp.rehearsal:
        yield Problem(
            where,
            key("database", "engine"),
            'is "secantus"',
            "a database that survives the loss of a node is required on GCP, and this release has none yet",
            f"Rehearse the stack without an account: `make rehearse STACK={stack}`.",
        )


def _edge(edge: "EdgeSettings", where: str, *, on_gcp: bool) -> Iterator[Problem]:
    if edge.url is None and not on_gcp:
        yield Problem(
            where,
            key("edge", "url"),
            "is missing",
            "an http or https URL without a path is required",
            'Write one such as "http://localhost:8080".',
        )
    if edge.url is not None and on_gcp:
        yield Problem(
            where,
            key("edge", "url"),
            f"is {quoted(edge.url)}",
            "null is required on GCP",
            f"Remove it: the address follows from {key('gcp.edge.domain')}.",
        )
    if edge.proxies is None and not edge.proxy_ranges:
        yield Problem(
            where,
            key("edge"),
            "names nobody who passes requests on",
            "proxies or proxyRanges is required",
            "Describe the Gateway's proxy pods, or name the load balancer's address ranges.",
        )


def _resources(resources: "ResourceSettings", location: tuple[str, ...], where: str) -> Iterator[Problem]:
    requests, limits = resources.requests, resources.limits
    for amount, requested, limit in (("cpu", requests.cpu, limits.cpu), ("memory", requests.memory, limits.memory)):
        if limit is not None and quantity(requested) > quantity(limit):
            yield Problem(
                where,
                key(*location, "resources", "requests", amount),
                f"is {quoted(requested)}",
                f"at most the limit of {quoted(limit)} is required",
                "Lower the request or raise the limit.",
            )


def _service(name: str, service: "ServiceSettings", where: str) -> Iterator[Problem]:
    at = ("services", name)
    yield from _resources(service.resources, at, where)
    if service.port == service.metrics_port:
        yield Problem(
            where,
            key(*at, "metricsPort"),
            f"is {service.metrics_port}",
            f"a port other than {key(*at, 'port')} is required",
            "Give each its own port.",
        )
    if service.replicas.min > service.replicas.max:
        yield Problem(
            where,
            key(*at, "replicas", "min"),
            f"is {service.replicas.min}",
            f"at most the max of {service.replicas.max} is required",
            "Lower min or raise max.",
        )
    if service.path == INTERNAL or service.path.startswith(f"{INTERNAL}/"):
        yield Problem(
            where,
            key(*at, "path"),
            f"is {quoted(service.path)}",
            f"a path outside {INTERNAL} is required",
            "What lives there is for other services only; choose another path.",
        )
    given = PLATFORM_VARIABLES | {url_variable(callee) for callee in service.calls}
    for variable in service.environment:
        if variable in given:
            yield Problem(
                where,
                key(*at, "environment", variable),
                "is set by the program",
                "another variable is required",
                "Remove it.",
            )
    for secret in dict.fromkeys(service.secrets):
        if service.secrets.count(secret) > 1:
            yield _twice(at, "secrets", secret, where)
        if secret == URI_SECRET:
            yield Problem(
                where,
                key(*at, "secrets"),
                f"names {quoted(secret)}",
                "another name is required",
                "The program writes this file itself; set database: true.",
            )


def _calls(name: str, service: "ServiceSettings", known: frozenset[str], where: str) -> Iterator[Problem]:
    at = ("services", name)
    for callee in dict.fromkeys(service.calls):
        if callee == name:
            yield Problem(
                where,
                key(*at, "calls"),
                f"names {quoted(callee)} itself",
                "another service is required",
                "Remove it: a pod needs no way to its own service.",
            )
        elif callee not in known:
            yield Problem(
                where,
                key(*at, "calls"),
                f"names {quoted(callee)}",
                f"a service out of {', '.join(sorted(known - {name}))} is required",
                "Correct the name or add the service.",
            )
        if service.calls.count(callee) > 1:
            yield _twice(at, "calls", callee, where)


def _twice(at: tuple[str, ...], field: str, item: str, where: str) -> Problem:
    return Problem(
        where,
        key(*at, field),
        f"names {quoted(item)} more than once",
        "each name once is required",
        "Remove the others.",
    )


def _paths(services: "Mapping[str, ServiceSettings]", where: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name in sorted(services):
        path = services[name].path
        owner = owners.setdefault(path, name)
        if owner != name:
            yield Problem(
                where,
                key("services", name, "path"),
                f"is {quoted(path)}",
                f"a path that {key('services', owner, 'path')} has not claimed is required",
                "Give one of them another path.",
            )
