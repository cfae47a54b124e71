"""What `dev` and `prod` are compared with: a flat program that registers the same resources, one below the other.

It is made from the steps of a preview of the real program, so both tell the engine the same values. It has no
components, waits for nothing, reads no secret and has all values as literals: also those that are unknown in a preview,
among them the kubeconfig, so the provider for Kubernetes is as unconfigured as the real program's.
"""

import inspect
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import pulumi_gcp
import pulumi_kubernetes

from bench.flat import NEVER_GIVEN, SECRET, snake

_CUSTOM: Final = "pulumi_kubernetes.apiextensions.CustomResource"
PROGRAM: Final = f"""
import json
from operator import attrgetter

import pulumi
import pulumi_gcp
import pulumi_kubernetes


def secret(value):
    return pulumi.Output.secret(json.loads(value["plaintext"])) if {SECRET!r} in value else value


sdks = {{"pulumi_gcp": pulumi_gcp, "pulumi_kubernetes": pulumi_kubernetes}}
providers = {{"": None}}
with open("resources.json", encoding="utf-8") as file:
    resources = json.load(file, object_hook=secret)
for path, name, provider, given in resources:
    sdk, _, kind = path.partition(".")
    made = attrgetter(kind)(sdks[sdk])(name, **given, opts=pulumi.ResourceOptions(provider=providers[provider]))
    if kind == "Provider":
        providers[name] = made
"""


def write(folder: Path, steps: Collection[Mapping[str, Any]]) -> int:
    """Write the flat program; how many resources it registers.

    Args:
        folder: Where its Pulumi.yaml is.
        steps: The steps of `pulumi preview --json --show-secrets` of the program, from an empty state.
    """
    states = [step["newState"] for step in steps]
    calls = [_call(state) for state in states if state["custom"]]
    (folder / "resources.json").write_text(json.dumps(calls), encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    return len(calls)


def classes(folder: Path) -> list[str]:
    """The classes of the SDKs that the program in `folder` uses, e.g. "pulumi_gcp.compute.Network"."""
    calls = json.loads((folder / "resources.json").read_text(encoding="utf-8"))
    return sorted({path for path, _, _, _ in calls})


def _call(state: Mapping[str, Any]) -> list[object]:
    """Class, logical name, provider and arguments of one resource."""
    kind, name = state["type"], state["urn"].rpartition("::")[2]
    path = _class(kind)
    given = {snake(key): value for key, value in state["inputs"].items()}
    if path == _CUSTOM:
        known = set(given)
    else:
        known = set(inspect.signature(_found(path)._internal_init).parameters)
        known -= {snake(key) for key in NEVER_GIVEN} if kind.startswith("kubernetes:") else set()
    given = {key: value for key, value in given.items() if key in known}
    if kind.startswith("pulumi:providers:"):
        given = {key: _plain(value) for key, value in given.items() if key != "version"}
    provider = state.get("provider", "").split("::")
    return [path, name, provider[-2] if len(provider) > 1 else "", given]


def _class(kind: str) -> str:
    """Where a type token's class is: "gcp:compute/network:Network" -> "pulumi_gcp.compute.Network"."""
    package, module, name = kind.split(":")
    if package == "pulumi":
        return f"pulumi_{name}.Provider"
    if package == "gcp":
        return f"pulumi_gcp.{module.partition('/')[0]}.{name}"
    group, _, version = module.partition("/")
    path = f"pulumi_kubernetes.{group.split('.')[0]}.{version}.{name}"
    return path if _found(path) else _CUSTOM


def _found(path: str) -> Any:
    sdk, *names = path.split(".")
    found: Any = {"pulumi_gcp": pulumi_gcp, "pulumi_kubernetes": pulumi_kubernetes}[sdk]
    for name in names:
        found = getattr(found, name, None)
    return found


def _plain(value: Any) -> Any:
    """Of a provider's configuration, which is texts: what is no text comes as JSON."""
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value
