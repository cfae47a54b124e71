"""Runs the program against Pulumi's mocks and keeps what it registered.

What this does not prove: that a cluster accepts it, and anything transforms or the engine do; tests/engine does.
"""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks
from pulumi.runtime.settings import ROOT as ROOT_RESOURCE
from pulumi.runtime.stack import run_pulumi_func

from infra.composition import Outputs, compose
from infra.settings import ROOT, Stack
from infra.settings_images import Image
from infra.settings_models import StackSettings

ROOT_SECRET = "A" * 43 + "="


@dataclass
class Recording(pulumi.runtime.Mocks):
    """Everything a program registered, in the order the engine was asked."""

    root: str = ROOT_SECRET
    resources: list[mocks.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append(args)
        if args.resource_id:
            return args.resource_id, {"data": {"root": base64.b64encode(self.root.encode()).decode()}}
        meta = args.inputs.get("metadata", {})
        known = [meta[part] for part in ("namespace", "name") if part in meta]
        return "/".join(known) or args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        msg = f"the program calls no functions, it called {args.token}"
        raise AssertionError(msg)

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        """Inputs of the resource with a logical name whose type token ends in `:kind`."""
        found = [
            r.inputs
            for r in self.resources
            if r.name == name and r.typ.startswith("kubernetes:") and r.typ.endswith(f":{kind}")
        ]
        assert len(found) == 1, f"{len(found)} resources {kind} {name}"
        inputs: dict[str, Any] = found[0]
        return inputs

    def inventory(self) -> list[str]:
        """`<type token> <logical name>` of each resource, sorted."""
        return sorted(f"{resource.typ} {resource.name}" for resource in self.resources)


def run(program: Callable[[], None], root: str = ROOT_SECRET) -> Recording:
    """Run a program to its end, every apply included."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # The mocks open an event loop in each thread they are called in; with one thread there is one to close.
    threads = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(threads)
    recording = Recording(root)
    try:
        ROOT_RESOURCE.set(None)
        mocks.set_mocks(recording, project="a-tu-mano", stack="local", preview=False)
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        threads.submit(lambda: asyncio.get_event_loop_policy().get_event_loop().close()).result()
        threads.shutdown()
        asyncio.set_event_loop(None)
        loop.close()
        ROOT_RESOURCE.set(None)
    recording.resources = [resource for resource in recording.resources if resource.typ != "pulumi:pulumi:Stack"]
    return recording


def stack_of(values: Mapping[str, object], name: str = "local", **references: str) -> Stack:
    """A stack out of settings without their namespace; each service has the image `references` names, or one by tag."""
    settings = StackSettings.model_validate(values)
    images = {
        service: Image(references.get(service, f"localhost/a-tu-mano/{service}:1"))
        for service in ("database", *settings.services)
    }
    return Stack(name=name, settings=settings, kubeconfig="/kubeconfig", images=images)


def local_values() -> dict[str, Any]:
    """The settings of stacks/Pulumi.local.yaml without their namespace; a fresh copy."""
    config = yaml.safe_load((ROOT / "stacks/Pulumi.local.yaml").read_text(encoding="utf-8"))["config"]
    values: dict[str, Any] = json.loads(json.dumps({key.partition(":")[2]: value for key, value in config.items()}))
    return values


def record(stack: Stack) -> tuple[Recording, dict[str, Any]]:
    """What a stack registers, and its outputs with every value resolved."""
    resolved: dict[str, Any] = {}

    def program() -> None:
        outputs: Outputs = compose(stack)
        outputs.export()
        named = {name: getattr(outputs, name) for name in ("endpoints", "services", "database", "cluster")}
        pulumi.Output.from_input(named).apply(resolved.update)

    return run(program), resolved
