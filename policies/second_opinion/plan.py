"""A capture as Terraform would plan it: the form in which checkov, and other readers of plans, judge Google's part.

Every `gcp:` resource becomes a managed resource of the plan, every component a module. Values not known yet are left
out and named in `after_unknown`; what a property comes from is its `references`, without which checks of connected
resources can't work. What the provider adds by itself (project, region, default labels) is not in the resources, as it
is not in what a Terraform program asks for; it is in the plan's `provider_config`.

The plan has what checkov reads of `terraform show -json` and no more; in particular nothing was there before.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.capture import UNKNOWN, Capture, Resource, type_of
from policies.second_opinion.terraform import Translation, snake, terraform_type

GOOGLE: Final = "gcp:"
_PROVIDER: Final = "pulumi:providers:gcp"
_VERSION: Final = "1.9.0"
"""checkov takes for a plan only what says which Terraform made it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One resource of the plan."""

    resource: Resource
    type: str
    name: str
    """The logical name in the letters that Terraform allows, unique for its type."""
    modules: tuple[str, ...]
    """Names of the modules it is in, outermost first."""
    translation: Translation

    @property
    def local(self) -> str:
        """Address in its module."""
        return f"{self.type}.{self.name}"

    @property
    def address(self) -> str:
        """Address in the plan."""
        return ".".join([*(f"module.{name}" for name in self.modules), self.local])


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of one capture."""

    document: Mapping[str, Any]
    planned: Mapping[str, Planned]
    """What is in it, by address."""


def plan(capture: Capture) -> Plan:
    """The plan of a stack.

    Raises:
        OpinionError: A type of resource is not in the table of Terraform's types.
    """
    by_urn = {resource.urn: resource for resource in capture.resources}
    names: Counter[tuple[str, str]] = Counter()
    planned = {
        resource.urn: _planned(resource, by_urn, names)
        for resource in capture.resources
        if resource.type.startswith(GOOGLE) and not resource.read
    }
    return Plan(
        document={
            "format_version": "1.2",
            "terraform_version": _VERSION,
            "planned_values": {"root_module": _values([*planned.values()])},
            "resource_changes": [_change(one) for one in planned.values()],
            "configuration": {
                "provider_config": _providers(capture),
                "root_module": _configuration([*planned.values()], planned),
            },
        },
        planned={one.address: one for one in planned.values()},
    )


def _planned(resource: Resource, by_urn: Mapping[str, Resource], names: Counter[tuple[str, str]]) -> Planned:
    table = terraform_type(resource.type)
    name = _word(resource.name)
    names[table.type, name] += 1
    # Resources of one type and name in different components are told apart by number.
    same = names[table.type, name]
    return Planned(
        resource=resource,
        type=table.type,
        name=name if same == 1 else f"{name}__{same}",
        modules=tuple(_modules(resource, by_urn)),
        translation=table.translate(resource.inputs),
    )


def _modules(resource: Resource, by_urn: Mapping[str, Resource]) -> list[str]:
    above = by_urn.get(resource.parent or "")
    if above is None:
        return []
    # What is below a resource that is no component is in the same module.
    return [*_modules(above, by_urn), *([] if above.custom else [_word(above.name)])]


def _word(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def _values(planned: list[Planned], above: tuple[str, ...] = ()) -> dict[str, Any]:
    """`planned_values` of one module."""
    module: dict[str, Any] = {
        "resources": [
            {
                "address": one.address,
                "mode": "managed",
                "type": one.type,
                "name": one.name,
                "values": dict(one.translation.values),
            }
            for one in planned
            if one.modules == above
        ]
    }
    if inner := _inside(planned, above):
        module["child_modules"] = [
            {"address": ".".join(f"module.{name}" for name in path), **_values(planned, path)} for path in inner
        ]
    return module


def _configuration(
    planned: list[Planned], by_urn: Mapping[str, Planned], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    """`configuration` of one module."""
    module: dict[str, Any] = {
        "resources": [
            {
                "address": one.local,
                "mode": "managed",
                "type": one.type,
                "name": one.name,
                "expressions": _expressions(one, by_urn),
            }
            for one in planned
            if one.modules == above
        ]
    }
    if inner := _inside(planned, above):
        module["module_calls"] = {path[-1]: {"module": _configuration(planned, by_urn, path)} for path in inner}
    return module


def _inside(planned: list[Planned], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    depth = len(above)
    return sorted(
        {one.modules[: depth + 1] for one in planned if len(one.modules) > depth and one.modules[:depth] == above}
    )


def _expressions(one: Planned, by_urn: Mapping[str, Planned]) -> dict[str, Any]:
    table = terraform_type(one.resource.type)
    found: dict[str, Any] = {}
    for key, urns in one.resource.property_dependencies.items():
        # By the address in its own module: checkov finds a resource by type and name, which are unique here.
        sources = [by_urn[urn].local for urn in urns if urn in by_urn]
        if sources:
            found[table.name(key)] = {"references": [f"{source}{end}" for source in sources for end in (".id", "")]}
    return found


def _change(one: Planned) -> dict[str, Any]:
    values, unknown = dict(one.translation.values), dict(one.translation.unknown)
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown}
    return {"address": one.address, "mode": "managed", "type": one.type, "name": one.name, "change": change}


def _providers(capture: Capture) -> dict[str, Any]:
    """Settings of the default provider and of each named one, by Terraform's key."""
    found: dict[str, Any] = {}
    for resource in capture.resources:
        if type_of(resource.urn) == _PROVIDER:
            settings = {key: value for key, value in resource.inputs.items() if _plain(value)}
            expressions = {snake(key): {"constant_value": value} for key, value in settings.items()}
            found[f"google.{_word(resource.name)}"] = {
                "name": "google",
                "alias": _word(resource.name),
                "expressions": expressions,
            }
    return found


def _plain(value: Any) -> bool:
    return value is not UNKNOWN and isinstance(value, str | bool | int | float)
