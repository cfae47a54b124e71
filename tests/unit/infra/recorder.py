"""Runs the program against Pulumi's mocks and keeps what it registered.

What this does not prove: that a cluster accepts it, and anything transforms or the engine do; tests/engine does.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks

from infra.composition import Outputs, compose
from infra.settings import ROOT, Stack
from infra.settings_images import Image
from infra.settings_models import StackSettings
from local.rehearsal.overlay import rehearsed
from policies.sources.program import run as run_mocked

ROOT_SECRET = "A" * 43 + "="


@dataclass(frozen=True)
class Options:
    """Options of a registered resource that decide what becomes of it."""

    parent: str
    """Logical name of the component it is a part of."""
    protect: bool
    ignore_changes: tuple[str, ...]


@dataclass
class Recording(pulumi.runtime.Mocks):
    """Everything a program registered, in the order the engine was asked."""

    root: str = ROOT_SECRET
    resources: list[mocks.MockResourceArgs] = field(default_factory=list)
    options: dict[tuple[str, str], Options] = field(default_factory=dict)
    """By type token and logical name."""
    requests: dict[str, Any] = field(default_factory=dict)
    """What the engine was asked, options included, by `<type token> <logical name>`."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append(args)
        if args.typ.startswith("gcp:"):
            return _gcp(args)
        if args.resource_id:
            return args.resource_id, {"data": {"root": base64.b64encode(self.root.encode()).decode()}}
        meta = args.inputs.get("metadata", {})
        known = [meta[part] for part in ("namespace", "name") if part in meta]
        return "/".join(known) or args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        if args.token == "gcp:secretmanager/getSecretVersion:getSecretVersion":
            return {**args.args, "secretData": self.root, "version": "1"}, []
        if args.token == "gcp:organizations/getProject:getProject":
            return {**args.args, "number": "123456789012"}, []
        if args.token == "gcp:storage/getProjectServiceAccount:getProjectServiceAccount":
            email = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
            return {**args.args, "emailAddress": email, "member": f"serviceAccount:{email}"}, []
        if args.token == "gcp:dns/getManagedZones:getManagedZones":
            zone = {"name": "a-zone", "dnsName": "shop.example.com.", "nameServers": [], "visibility": "public"}
            return {**args.args, "managedZones": [zone]}, []
        msg = f"the program calls no such function, it called {args.token}"
        raise AssertionError(msg)

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        """Inputs of the resource with a logical name whose type token ends in `:kind`."""
        found = [
            r.inputs
            for r in self.resources
            if r.name == name and r.typ.startswith(("kubernetes:", "gcp:")) and r.typ.endswith(f":{kind}")
        ]
        assert len(found) == 1, f"{len(found)} resources {kind} {name}"
        inputs: dict[str, Any] = found[0]
        return inputs

    def inputs_of_provider(self, name: str) -> dict[str, Any]:
        """Configuration of a provider, as the engine is told it: values that are no text as JSON."""
        [found] = [r.inputs for r in self.resources if r.name == name and r.typ.startswith("pulumi:providers:")]
        configuration: dict[str, Any] = found
        return configuration

    def request(self, kind: str, name: str) -> Any:
        """Request for such a resource: `protect`, `retainOnDelete`, `parent`, `provider`, and what it depends on."""
        found = [r for r in self.requests.values() if r.name == name and r.custom and r.type.endswith(f":{kind}")]
        assert len(found) == 1, f"{len(found)} resources {kind} {name}"
        return found[0]

    def depends_on(self, kind: str, name: str) -> set[str]:
        """`<kind> <logical name>` of everything it directly waits for."""
        urns = (urn.split("::") for urn in self.request(kind, name).dependencies)
        return {f"{types.rpartition(':')[2]} {logical}" for _, _, types, logical in urns}

    def inventory(self) -> list[str]:
        """`<type token> <logical name>` of each resource, sorted."""
        return sorted(f"{resource.typ} {resource.name}" for resource in self.resources)


class _Monitor(mocks.MockMonitor):
    """Keeps the requests and their options, which Pulumi's own mocks drop."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self._recording = recording

    def RegisterResource(self, request: Any) -> Any:
        self._recording.options[request.type, request.name] = Options(
            parent=request.parent.rpartition("::")[2],
            protect=request.protect,
            ignore_changes=tuple(request.ignoreChanges),
        )
        self._recording.requests[f"{request.type} {request.name}"] = request
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def _gcp(args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
    """A GCP resource with outputs of the shape GCP fills in; what a test asserts are inputs, never these."""
    own = args.inputs
    project = own.get("project", "a-project")
    name = own.get("name") or own.get("accountId") or own.get("projectId") or args.name
    email = f"{own.get('accountId', args.name)}@{project}.iam.gserviceaccount.com"
    path = f"projects/{project}/{args.typ.rpartition(':')[2]}/{name}"
    filled = {
        "projectId": own.get("projectId", project),
        "number": "123456789012",
        "name": name,
        "email": email,
        "member": f"serviceAccount:{email}",
        "selfLink": f"https://www.googleapis.com/compute/v1/{path}",
        "endpoint": "203.0.113.7",
        "address": "203.0.113.8",
        "dnsName": "shop.example.com.",
        "nameServers": ["ns1.example.com."],
        "bucket": name,
        "location": "us-central1",
        "secretId": args.name,
        "monitorId": args.name,
        "uptimeCheckId": args.name,
        "serviceId": args.name,
        "workloadIdentityPoolId": args.name,
        "dnsResourceRecords": [{"name": "_acme.shop.example.com.", "type": "CNAME", "data": "x.example.com."}],
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-1.us-central1.gke.goog"}},
        "masterAuth": {"clusterCaCertificate": "Q0E="},
    }
    if args.typ == "gcp:serviceaccount/account:Account":
        filled["name"] = f"projects/{project}/serviceAccounts/{email}"
    return path, _merged(filled, own)


def _merged(filled: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What GCP filled in under what was asked for, also inside it."""
    both = {key: _merged(filled[key], own[key]) for key in filled.keys() & own.keys() if isinstance(filled[key], dict)}
    return {**filled, **own, **both}


def run(program: Callable[[], None], root: str = ROOT_SECRET) -> Recording:
    """Run a program to its end, every apply included."""
    recording = Recording(root)
    run_mocked(_Monitor(recording), recording, "local", program, preview=False)
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
    return _values(_config("local"))


def rehearsed_values(stack: str) -> dict[str, Any]:
    """The settings of `dev` or `prod` as a rehearsal runs them, without their namespace; a fresh copy."""
    return _values(rehearsed(_config(stack)))


def _config(stack: str) -> dict[str, Any]:
    file = ROOT / f"stacks/Pulumi.{stack}.yaml"
    config: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    return config


def _values(config: Mapping[str, Any]) -> dict[str, Any]:
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
