"""Settings of a stack: the one door through which configuration and environment reach the program.

`load` reads what the engine was given, `load_file` the same keys from `stacks/Pulumi.<stack>.yaml` without an engine;
both end in `_settings`, so a mistake reads the same whoever finds it. Every section is frozen, refuses keys it does not
know, and is built of the types in `settings_types`; what relates two values is in `settings_checks`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from infra import settings_checks, settings_file
from infra import settings_types as types
from infra.errors import Problem, SettingsError
from infra.settings_images import IMAGES_VARIABLE, Image, images_of
from infra.settings_problems import NAMESPACE, key, problems_of

KUBECONFIG_VARIABLE: Final = "KUBECONFIG"
_REFERENCE: Final = "See stacks/README.md."
ROOT: Final = FilePath(__file__).resolve().parent.parent


S = TypeVar("S", bound="Section")


class Section(BaseModel):
    """A part of the settings: frozen, unknown keys refused, written in camelCase."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True, validate_default=False
    )


class KubernetesSettings(Section):
    """The cluster that takes the stack; which kubeconfig, the environment variable KUBECONFIG says."""

    context: types.Context = None
    """Context of the kubeconfig to use; null is the current one."""
    pod_security: types.KubernetesMinor = "v1.36"
    """Version of the Pod Security `restricted` standard every namespace is held to."""


class NamespaceSettings(Section):
    """Namespaces of the stack."""

    services: types.DnsLabel = "shop"
    """Where the services run."""
    database: types.DnsLabel = "database"
    """Where the database runs."""
    edge: types.DnsLabel = "edge"
    """Where the Gateway is."""
    monitoring: types.DnsLabel = "monitoring"
    """The namespace whose pods may read metrics; it belongs to the cluster, not to the stack."""


class CredentialSettings(Section):
    """Where the root secret is, from which every credential is derived."""

    namespace: types.DnsLabel = "a-tu-mano-secrets"
    """Namespace of the Kubernetes Secret; `make up` creates both."""
    name: types.DnsLabel = "a-tu-mano-root"
    """Name of the Kubernetes Secret; its key is `root`, 32 random bytes in base64."""


class ProxySettings(Section):
    """Pods that pass requests on, where the Gateway's implementation runs inside the cluster."""

    namespace: types.DnsLabel
    """Namespace they run in: the Gateway's own, which the program then opens for them, or another one."""
    port: types.Port
    """Port they listen on for the Gateway's listener, e.g. 10080."""
    controller: types.DnsLabel
    """Namespace of the controller that configures them, e.g. envoy-gateway-system."""
    controller_port: types.Port
    """Port of that controller, e.g. 18000."""


class EdgeSettings(Section):
    """Where requests from outside come in."""

    gateway_class: types.DnsLabel
    """GatewayClass that serves the Gateway, e.g. envoy."""
    url: types.Url
    """Where a browser reaches the shop."""
    port: types.Port = 80
    """Port the Gateway listens on."""
    proxies: ProxySettings | None = None
    """Pods that pass requests on; null where a load balancer outside the cluster does."""
    proxy_ranges: tuple[types.IpRange, ...] = ()
    """Addresses that pass requests on, where a load balancer outside the cluster does."""


class RequestAmounts(Section):
    """What a pod is promised; the autoscaler counts utilisation against the cpu named here."""

    cpu: types.Quantity
    """Cores, e.g. 50m."""
    memory: types.Quantity
    """Bytes, e.g. 128Mi."""


class LimitAmounts(Section):
    """What a pod may not exceed; no cpu limit by default, since it would throttle an idle node too."""

    cpu: types.Quantity | None = None
    """Cores, e.g. 500m."""
    memory: types.Quantity
    """Bytes, e.g. 256Mi."""


class ResourceSettings(Section):
    """Processor and memory of one pod."""

    requests: RequestAmounts
    limits: LimitAmounts


class DatabaseSettings(Section):
    """The database server all services with `database: true` share, each with a database and a user of its own."""

    engine: types.Engine
    """Which server runs, e.g. secantus."""
    storage: types.Quantity = "1Gi"
    """Size of the volume."""
    resources: ResourceSettings


class ReplicaSettings(Section):
    """How many pods of a service run; the autoscaler moves between min and max."""

    min: types.Replicas
    """Pods that run at least."""
    max: types.Replicas
    """Pods that run at most."""
    cpu: types.Percent = 70
    """Utilisation of the requested cpu the autoscaler aims at, in percent."""


class ServiceSettings(Section):
    """One service."""

    path: types.Path
    """Path prefix the edge sends to the service; nothing is rewritten."""
    port: types.ContainerPort = 8080
    """Port the container answers on; other services reach it on port 80."""
    metrics_port: types.ContainerPort = 9090
    """Port the container gives metrics on."""
    replicas: ReplicaSettings
    resources: ResourceSettings
    database: types.Switch = False
    """Whether the service has a database and a user of its own."""
    calls: tuple[types.ServiceName, ...] = ()
    """Services it may call; each gives it the environment variable <NAME>_URL."""
    secrets: tuple[types.SecretName, ...] = ()
    """Generated secrets it reads as files; services naming the same one share its value."""
    environment: dict[types.VariableName, types.VariableValue] = Field(default_factory=dict)
    """Further environment variables; never a secret."""


class ImageSettings(Section):
    """Where image references come from."""

    source: types.ImageSource = "settings"
    """Either "file", a JSON object in the file that A_TU_MANO_IMAGES names, or "settings", the references below."""
    tags: types.Switch = False
    """Whether a reference may end in a tag; a digest is required otherwise."""
    references: dict[types.ServiceName, types.ImageReference] = Field(default_factory=dict)
    """Image of each service and of `database`."""


class StackSettings(Section):
    """Everything one stack is told."""

    prefix: types.Prefix
    """First part of every name that is shared with other stacks."""
    kubernetes: KubernetesSettings = KubernetesSettings()
    namespaces: NamespaceSettings = NamespaceSettings()
    credentials: CredentialSettings = CredentialSettings()
    edge: EdgeSettings
    database: DatabaseSettings
    images: ImageSettings = ImageSettings()
    services: dict[types.ServiceName, ServiceSettings]
    """The services, by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A stack as the program sees it: its settings, and what the machine it is run from adds to them."""

    name: str
    settings: StackSettings
    kubeconfig: str
    """Path of the kubeconfig file."""
    images: Mapping[str, Image]
    """Image of each service and of `database`, by name."""


def load() -> Stack:
    """The stack the engine runs the program for.

    Raises:
        SettingsError: with every mistake found; nothing has been registered then.
    """
    import pulumi  # noqa: PLC0415 - `load_file` must not pay for the SDK

    values = {key: _structured(text) for key, text in pulumi.runtime.get_config_env().items()}
    stack = pulumi.get_stack()
    return _stack(stack, settings_file.name_of(stack), values)


def load_file(stack: str, *, root: FilePath = ROOT) -> Stack:
    """The same stack, read from its file without an engine.

    Raises:
        SettingsError: with every mistake found.
    """
    where = settings_file.name_of(stack)
    return _stack(stack, where, settings_file.read(root / where, where))


def load_settings(stack: str, *, root: FilePath = ROOT) -> StackSettings:
    """Only what the file says: neither images nor a cluster have to be there yet.

    Raises:
        SettingsError: with every mistake found in the file.
    """
    where = settings_file.name_of(stack)
    return _settings(stack, where, settings_file.read(root / where, where))


def _stack(name: str, where: str, values: Mapping[str, object]) -> Stack:
    settings = _settings(name, where, values)
    images, problems = images_of(settings, where, os.environ.get(IMAGES_VARIABLE))
    kubeconfig = os.environ.get(KUBECONFIG_VARIABLE, "")
    if not FilePath(kubeconfig).is_file():
        problems.append(_no_kubeconfig(kubeconfig))
    if problems:
        raise SettingsError(problems)
    return Stack(name=name, settings=settings, kubeconfig=kubeconfig, images=images)


def _settings(name: str, where: str, values: Mapping[str, object]) -> StackSettings:
    own = {k.removeprefix(f"{NAMESPACE}:"): value for k, value in values.items() if k.startswith(f"{NAMESPACE}:")}
    problems = [_ambient(where, k) for k in values if k.startswith("kubernetes:")]
    settings = None
    try:
        settings = StackSettings.model_validate(own)
    except ValidationError as error:
        problems += problems_of(error, StackSettings, where)
    if own.get("services") == {}:
        problems.append(Problem(where, key("services"), "is empty", "at least one service is required", _REFERENCE))
    problems += settings_checks.problems(_readable(name, own), where)
    if settings is None or problems:
        raise SettingsError(problems)
    return settings


def _readable(stack: str, own: Mapping[str, object]) -> settings_checks.Readable:
    blocks = own.get("services")
    blocks = blocks if isinstance(blocks, dict) else {}
    services = {str(name): _readable_service(str(name), block) for name, block in blocks.items()}
    try:
        prefix = TypeAdapter[str](types.Prefix).validate_python(own.get("prefix"))
    except ValidationError:
        prefix = None
    return settings_checks.Readable(
        stack=stack,
        prefix=prefix,
        edge=_section(EdgeSettings, own.get("edge")),
        database=_section(DatabaseSettings, own.get("database")),
        services={name: service for name, service in services.items() if service is not None},
        service_names=frozenset(services),
    )


def _readable_service(name: str, block: object) -> ServiceSettings | None:
    """The service with each unreadable key replaced by a value that contradicts nothing."""
    if not isinstance(block, dict):
        return None
    try:
        return ServiceSettings.model_validate(block)
    except ValidationError as error:
        unreadable = {detail["loc"][0] for detail in error.errors()}
    amounts = {"cpu": "1m", "memory": "1Mi"}
    harmless = {
        "path": f"/unreadable/{name}",
        "replicas": {"min": 1, "max": 1},
        "resources": {"requests": amounts, "limits": amounts},
    }
    return _section(ServiceSettings, harmless | {k: value for k, value in block.items() if k not in unreadable})


def _section(model: type[S], raw: object) -> S | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _ambient(where: str, name: str) -> Problem:
    return Problem(
        where,
        name,
        "is set",
        f"{key('kubernetes')} is required for what the cluster is",
        "Remove it: the program does not read it.",
    )


def _no_kubeconfig(value: str) -> Problem:
    found = f'is "{value}", which is no file' if value else "is not set"
    return Problem(
        "environment",
        KUBECONFIG_VARIABLE,
        found,
        "the path of one kubeconfig file is required",
        "Run `make up`, or export it.",
    )


def _structured(text: str) -> object:
    """The engine hands a mapping or a list to the program as JSON, everything else as it is."""
    return json.loads(text) if text.startswith(("{", "[")) else text
