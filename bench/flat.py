"""A program without components, and its state, from the exported state of one that has them."""

import re
from typing import Any

import pulumi_kubernetes

Resource = dict[str, Any]
SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of a secret value
NEVER_GIVEN = {"apiVersion", "kind"}
"""What the classes of Kubernetes' own types fill in."""


def custom(resources: list[Resource]) -> list[Resource]:
    """The resources that a provider manages, in an order in which each comes after what it needs."""
    return [each for each in resources if each["custom"] and not each["type"].startswith("pulumi:")]


def program(resources: list[Resource]) -> str:
    """Source of a program that registers `resources`, with the values they have."""
    lines = [
        "import json, os, pulumi, pulumi_kubernetes",
        'provider = pulumi_kubernetes.Provider("cluster", kubeconfig=os.environ["KUBECONFIG"])',
        "options = pulumi.ResourceOptions(provider=provider)",
    ]
    return "\n".join([*lines, *map(_call, resources)]) + "\n"


def state(exported: Resource) -> Resource:
    """`exported` as that program would have it: no components, and no parents but the stack."""
    kept = [
        each for each in exported["deployment"]["resources"] if each["custom"] or each["type"] == "pulumi:pulumi:Stack"
    ]
    known = {each["urn"]: _flat(each["urn"]) for each in kept}
    stack = next(each["urn"] for each in kept if each["type"] == "pulumi:pulumi:Stack")
    resources = [_moved(each, known, stack) for each in kept]
    deployment = {**exported["deployment"], "resources": resources}
    return {**exported, "deployment": deployment}


def _moved(resource: Resource, known: dict[str, str], stack: str) -> Resource:
    moved = {**resource, "urn": known[resource["urn"]], "dependencies": [], "propertyDependencies": {}}
    if resource["urn"] == stack:
        moved["outputs"] = {}
    else:
        moved["parent"] = stack
    if "provider" in resource:
        urn, _, identity = resource["provider"].rpartition("::")
        moved["provider"] = f"{_flat(urn)}::{identity}"
    return moved


def _flat(urn: str) -> str:
    """The name of a resource that has no parents: "…::a:b:C$d:e:F::name" -> "…::d:e:F::name"."""
    head, kinds, name = urn.rsplit("::", 2)
    return f"{head}::{kinds.rpartition('$')[2]}::{name}"


def _call(resource: Resource) -> str:
    name, kind = resource["urn"].rpartition("::")[2], resource["type"]
    path = _class(kind)
    if resource.get("external"):
        return f"{path}.get({name!r}, {resource['id']!r}, opts=options)"
    inputs = resource["inputs"]
    given = {snake(key): _value(value) for key, value in inputs.items() if key not in NEVER_GIVEN}
    if path.endswith("CustomResource"):
        given = {"api_version": repr(inputs["apiVersion"]), "kind": repr(inputs["kind"]), **given}
    arguments = ", ".join(f"{key}={value}" for key, value in given.items())
    return f"{path}({name!r}, {arguments}, opts=options)"


def _class(kind: str) -> str:
    """Where a type token's class is: "kubernetes:apps/v1:Deployment" -> "pulumi_kubernetes.apps.v1.Deployment"."""
    _, version, name = kind.split(":")
    group, _, number = version.partition("/")
    module = getattr(getattr(pulumi_kubernetes, group.split(".")[0], None), number, None)
    if module is None or not hasattr(module, name):
        return "pulumi_kubernetes.apiextensions.CustomResource"
    return f"pulumi_kubernetes.{group.split('.')[0]}.{number}.{name}"


def _value(value: Any) -> str:
    if isinstance(value, dict) and SECRET in value:
        return f"pulumi.Output.secret(json.loads({value['plaintext']!r}))"
    return repr(value)


def snake(name: str) -> str:
    """How the SDKs' Python classes name a property: "apiVersion" -> "api_version"."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
