"""Settings of a stack: the one door through which configuration and environment reach the program.

`load` reads what the engine was given, `load_file` the same keys from `stacks/Pulumi.<stack>.yaml` without an engine;
both end in `parse`, so a mistake reads the same whoever finds it. What a value has to be is in `settings_models`
and `settings_types`; what relates two values is in `settings_checks`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from infra import settings_checks, settings_file
from infra import settings_types as types
from infra.errors import Problem, SettingsError
from infra.settings_gcp import GcpSettings
from infra.settings_images import IMAGES_VARIABLE, NONE, Image, images_of
from infra.settings_models import (
    DatabaseSettings,
    EdgeSettings,
    ImageSettings,
    KubernetesSettings,
    ServiceSettings,
    StackSettings,
)
from infra.settings_problems import NAMESPACE, key, problems_of
from infra.settings_section import Section

KUBECONFIG_VARIABLE: Final = "KUBECONFIG"
_REFERENCE: Final = "See stacks/README.md."
ROOT: Final = FilePath(__file__).resolve().parent.parent


S = TypeVar("S", bound=Section)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A stack as the program sees it: its settings, and what the machine it is run from adds to them."""

    name: str
    settings: StackSettings
    kubeconfig: str | None
    """Path of the kubeconfig file; None where the stack makes its cluster."""
    images: Mapping[str, Image]
    """Image of each service and of `database`, by name; empty for a stack of which only the GCP part is wanted."""


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
    return parse(stack, where, settings_file.read(root / where, where))


def _stack(name: str, where: str, values: Mapping[str, object]) -> Stack:
    settings = parse(name, where, values)
    file = os.environ.get(IMAGES_VARIABLE)
    without = settings.gcp is not None and file == NONE
    images, problems = ({}, []) if without else images_of(settings, where, file)
    problems += settings_checks.not_yet(settings, name, where)
    kubeconfig = None if settings.gcp else os.environ.get(KUBECONFIG_VARIABLE, "")
    if kubeconfig is not None and not FilePath(kubeconfig).is_file():
        problems.append(_no_kubeconfig(kubeconfig))
    if problems:
        raise SettingsError(problems)
    return Stack(name=name, settings=settings, kubeconfig=kubeconfig, images=images)


def parse(name: str, where: str, values: Mapping[str, object]) -> StackSettings:
    """Settings of the stack `name` out of what its file has under `config`; `where` names the file in messages.

    Raises:
        SettingsError: with every mistake found.
    """
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
    gcp = own.get("gcp")
    gcp = gcp if isinstance(gcp, dict) else {}
    try:
        prefix = TypeAdapter[str](types.Prefix).validate_python(own.get("prefix"))
    except ValidationError:
        prefix = None
    return settings_checks.Readable(
        stack=stack,
        prefix=prefix,
        on_gcp="gcp" in own and own["gcp"] is not None,
        gcp=_section(GcpSettings, own.get("gcp")),
        rehearsal=gcp.get("rehearsal") is True,
        kubernetes=_section(KubernetesSettings, own.get("kubernetes")),
        images=_section(ImageSettings, own.get("images")),
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
