"""A capture from the program alone: no engine, no plugin, no account, a few seconds.

The program runs against Pulumi's own mocks as in a first preview: what a resource is given is known, what only the
cloud fills in is not. Two things are stood in for, and a report says so: what only the user knows (a stack's file has
null there), and the images, unless a release names them.
"""

import asyncio
import base64
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import ROOT as ROOT_RESOURCE
from pulumi.runtime.stack import run_pulumi_func

from infra import settings_file
from infra.composition import compose
from infra.settings import ROOT, Stack, parse
from infra.settings_checks import DATABASE
from infra.settings_images import Image
from infra.settings_models import StackSettings
from local.rehearsal.overlay import completed
from policies.capture import Capture, CaptureError, Resource, leaves, type_of
from policies.sources.wire import ENGINE_ROOT, line_of, plain

_STAND_IN: Final = "stand-in/"
_STAND_IN_DIGEST: Final = "sha256:" + "0" * 64
_ROOT_SECRET: Final = base64.b64encode(bytes(32)).decode()
PROJECT: Final = "a-tu-mano"


def capture(
    stack: str, values: Mapping[str, object] | None = None, *, images: Mapping[str, str] | None = None
) -> Capture:
    """What the program registers for a stack.

    Args:
        stack: Name of the stack.
        values: What its file has under `config`, e.g. {"a-tu-mano:prefix": "atm"}; None reads the file.
        images: Reference of each service and of `database`; None stands in for them.

    Raises:
        SettingsError: With every mistake in the settings.
    """
    described = settings_of(stack, values)
    return capture_program(stack, lambda: compose(stack_of(stack, described, images)).export())


def settings_of(stack: str, values: Mapping[str, object] | None = None) -> StackSettings:
    """The stack's settings, with stand-ins for what only the user knows and has not set.

    Raises:
        SettingsError: With every mistake in them.
    """
    where = settings_file.name_of(stack)
    config = dict(values) if values is not None else settings_file.read(ROOT / where, where)
    return parse(stack, where, completed(config))


def stack_of(stack: str, settings: StackSettings, images: Mapping[str, str] | None = None) -> Stack:
    """The stack as the program sees it; an image not named is one by digest, or by tag where tags are allowed."""
    kind = ":stand-in" if settings.images.tags else f"@{_STAND_IN_DIGEST}"
    named = {**settings.images.references, **(images or {})}
    references = {name: named.get(name, f"{_STAND_IN}{name}{kind}") for name in (DATABASE, *settings.services)}
    return Stack(
        name=stack,
        settings=settings,
        kubeconfig=None if settings.gcp else "/kubeconfig",
        images={name: Image(reference) for name, reference in references.items()},
    )


def stood_in(capture: Capture) -> list[str]:
    """What of a capture of the program is not the user's own, a sentence each; nothing of one of the engine."""
    if capture.source != "program":
        return []
    where = settings_file.name_of(capture.stack)
    config = settings_file.read(ROOT / where, where)
    own, full = (dict(leaves(values)) for values in (config, completed(config)))
    keys = sorted(path.removeprefix("a-tu-mano:") for path in full if own.get(path) is None and full[path] is not None)
    notes = [f"Stood in for, because only you know it and {where} has null: {', '.join(keys)}."] if keys else []
    pods = capture.of("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")
    if any(str(pod.raw("spec.template.spec.containers[0].image")).startswith(_STAND_IN) for pod in pods):
        notes.append("Images are stood in for: by digest, or by tag where the settings allow tags.")
    return notes


def capture_program(stack: str, program: Callable[[], None]) -> Capture:
    """What a program registers, run as in a first preview."""
    monitor = _Monitor()
    run(monitor, monitor.answers, stack, program, preview=True)
    return Capture(stack=stack, project=PROJECT, source="program", resources=tuple(monitor.captured))


def run(
    monitor: mocks.MockMonitor, answers: pulumi.runtime.Mocks, stack: str, program: Callable[[], None], *, preview: bool
) -> None:
    """Run a program to its end on a monitor that stands in for the engine, every apply included."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # The mocks open an event loop in each thread they are called in; with one thread there is one to close.
    threads = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(threads)
    try:
        ROOT_RESOURCE.set(None)
        mocks.set_mocks(answers, project=PROJECT, stack=stack, preview=preview, monitor=monitor)
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        threads.submit(lambda: asyncio.get_event_loop_policy().get_event_loop().close()).result()
        threads.shutdown()
        asyncio.set_event_loop(None)
        loop.close()
        ROOT_RESOURCE.set(None)


_FILLED_IN: Final[Mapping[str, Any]] = {
    "gcp:container/cluster:Cluster": {"controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": rpc.UNKNOWN}}}
}
"""What the cloud fills in inside what is given, by type, where the program reads it; the rest is not known anyway."""


class _Answers(pulumi.runtime.Mocks):
    """A cloud in which nothing is made yet: a resource has what it was given, and no more."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.resource_id:  # Read, so it is there.
            return args.resource_id, {"data": {"root": base64.b64encode(_ROOT_SECRET.encode()).decode()}}
        return _id(args), _merged(args.inputs, _FILLED_IN.get(args.typ, {}))

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        match args.token:
            case "gcp:secretmanager/getSecretVersion:getSecretVersion":
                found = {"secretData": _ROOT_SECRET, "version": "1"}
            case "gcp:organizations/getProject:getProject":
                found = {"number": "123456789012"}
            case "gcp:storage/getProjectServiceAccount:getProjectServiceAccount":
                email = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
                found = {"emailAddress": email, "member": f"serviceAccount:{email}"}
            case _:
                msg = f"The program asks the cloud by {args.token}, which a capture has no answer to. Give it one here."
                raise CaptureError(msg)
        return {**args.args, **found}, []


def _merged(own: Mapping[str, Any], filled: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(own[key], value) for key, value in filled.items() if isinstance(own.get(key), dict)}
    return {**filled, **own, **both}


def _id(args: mocks.MockResourceArgs) -> str:
    """What a Kubernetes object will be known by follows from its name; what the cloud gives an id is not known yet."""
    meta = args.inputs.get("metadata")
    if not args.typ.startswith("kubernetes:") or not isinstance(meta, dict) or not isinstance(meta.get("name"), str):
        return ""
    return "/".join(part for part in (meta.get("namespace"), meta["name"]) if isinstance(part, str))


class _Monitor(mocks.MockMonitor):
    """Keeps what the engine is asked, which Pulumi's own mocks drop."""

    def __init__(self) -> None:
        self.answers = _Answers()
        self.captured: list[Resource] = []
        super().__init__(self.answers)

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it, with the types of all components above."""
        above = parent.split("::")[2] if parent else ENGINE_ROOT
        return "::".join([
            f"urn:pulumi:{pulumi.get_stack()}", pulumi.get_project(),
            type_ if above == ENGINE_ROOT else f"{above}${type_}", name,
        ])  # fmt: skip

    def RegisterResource(self, request: Any) -> Any:
        if request.type != ENGINE_ROOT:
            self._keep(request, request.object, custom=request.custom, read=False)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:
        self._keep(request, request.properties, custom=True, read=True)
        return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def _keep(self, request: Any, properties: Any, *, custom: bool, read: bool) -> None:
        sources = {} if read else {k: tuple(sorted(v.urns)) for k, v in request.propertyDependencies.items() if v.urns}
        frames = [(frame.pc.uri, frame.pc.line) for frame in request.stackTrace.frames]
        file, line = line_of(frames)
        self.captured.append(
            Resource(
                urn=self.make_urn(request.parent, request.type, request.name),
                type=request.type,
                name=request.name,
                inputs={} if read else plain(MessageToDict(properties)),
                custom=custom,
                parent=request.parent if request.parent and type_of(request.parent) != ENGINE_ROOT else None,
                provider=request.provider.rpartition("::")[0] or None,
                dependencies=tuple(sorted(request.dependencies)),
                property_dependencies=sources,
                protect=False if read else request.protect,
                retain_on_delete=False if read else request.retainOnDelete,
                ignore_changes=() if read else tuple(request.ignoreChanges),
                read=read,
                file=file,
                line=line,
            )
        )
