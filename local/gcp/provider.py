"""The emulated provider as the engine speaks to it: `pulumi-resource-gcp`, on the SDK's provider server.

The SDK's classes of requests leave out what this needs (a diff's old inputs) and their answers to errors end in a
traceback, so the calls about resources are answered here on the SDK's messages. What they mean is elsewhere: inputs in
`checks.py`, changes in `difference.py`, the cloud in `lifecycle.py`.
"""

import asyncio
import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import grpc.aio
from google.protobuf import empty_pb2
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from local.gcp import difference, faults, invokes, lifecycle, schema
from local.gcp.checks import DEFAULTS, check
from local.gcp.cloud import FOLDER_VARIABLE, NoCloud, Store, World
from local.gcp.generic import labels
from local.gcp.kinds import Properties, Refused, Resource
from local.gcp.lifecycle import Config, Subject
from local.gcp.values import properties_of, struct_of

_PROJECT_VARIABLES: Final = ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT")
_LOOK_SECONDS: Final = 1.0
_Result = TypeVar("_Result")


class Servicer(ProviderServicer):
    """Answers the engine's calls."""

    def __init__(self, arguments: list[str], version: str, engine: str) -> None:
        super().__init__(arguments, version, Provider(), engine)
        self._settings: dict[str, Any] = {}
        self._config = Config()
        self._open: Store | None = None
        self._cancelled = asyncio.Event()

    @property
    def _store(self) -> Store:
        if self._open is None:
            self._open = Store.from_environment()
        return self._open

    # The provider itself.

    async def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Not spoken: the engine says all it has to in Configure."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "Handshake is not implemented.")

    async def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Wait no longer for what takes time."""
        self._cancelled.set()
        return empty_pb2.Empty()

    async def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Only what the engine needs to know of a provider; the types are the SDK's."""
        said = {"name": "gcp", "version": self._version, "resources": {}, "functions": {}}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(said))

    async def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Refuse settings that the SDK's provider does not have."""
        known = {*schema.provider_properties(), "version", "pluginDownloadURL", "__internal"}
        unknown = [name for name in properties_of(request.news) if name not in known]
        failures = [
            provider_pb2.CheckFailure(
                property=name, reason=f"could not validate provider configuration: Invalid or unknown key {name!r}."
            )
            for name in unknown
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """A provider is changed in place; what follows from it for a resource is that resource's difference."""
        olds, news = properties_of(request.olds), properties_of(request.news)
        differing = sorted(name for name in {*olds, *news} if olds.get(name) != news.get(name))
        some = provider_pb2.DiffResponse.DIFF_SOME if differing else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some, diffs=differing)

    async def Configure(self, request: Any, context: Any) -> Any:
        """Take the provider's settings."""
        try:
            self._store.connection.execute("SELECT 1")
        except (NoCloud, OSError) as error:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        self._settings = {name: _plain(value) for name, value in properties_of(request.args).items()}
        surroundings = next((os.environ[name] for name in _PROJECT_VARIABLES if os.environ.get(name)), "")
        self._config = Config(
            project=str(self._settings.get("project") or surroundings),
            region=str(self._settings.get("region") or ""),
            zone=str(self._settings.get("zone") or ""),
            labels=self._settings.get("defaultLabels"),
            attribution=self._settings.get("addPulumiAttributionLabel") is not False,
        )
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # Resources.

    async def Check(self, request: Any, context: Any) -> Any:
        """Check the inputs of a resource, and fill in what the provider assumes."""

        def checked() -> Any:
            subject = Subject.of(_type(request.urn))
            result = check(
                subject.schema,
                subject.kind,
                properties_of(request.news),
                olds=properties_of(request.olds),
                name=_name(request.urn),
                seed=request.randomSeed,
                config=self._settings,
            )
            failures = [provider_pb2.CheckFailure(property=one.path, reason=one.reason) for one in result.failures]
            return provider_pb2.CheckResponse(inputs=struct_of(result.inputs), failures=failures)

        return await self._sentence(context, "checking", request.urn, checked)

    async def Diff(self, request: Any, context: Any) -> Any:
        """Tell what differs, and whether it can be changed in place."""
        return await self._sentence(context, "comparing", request.urn, lambda: self._diff(request))

    def _diff(self, request: Any) -> Any:
        subject = Subject.of(_type(request.urn))
        news, state = properties_of(request.news), properties_of(request.olds)
        expected = labels(subject.schema, news, self._config.labels_of(state))
        if self._config.project and "project" in subject.fixed:
            expected = {**expected, "project": self._config.project}
        found = difference.difference(
            subject.schema,
            subject.kind,
            news,
            state=state,
            olds=properties_of(request.old_inputs),
            fixed=subject.fixed,
            expected=expected,
            ignored=list(request.ignoreChanges),
        )
        kinds = provider_pb2.PropertyDiff.Kind
        detailed = {
            one.path: provider_pb2.PropertyDiff(kind=kinds.Value(one.how + ("_REPLACE" if one.replaces else "")))
            for one in found.changes
        }
        answer = provider_pb2.DiffResponse
        return answer(
            changes=answer.DIFF_SOME if found.changes else answer.DIFF_NONE,
            replaces=found.replaces,
            diffs=sorted({one.top for one in found.changes}),
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=found.delete_before_replace,
        )

    async def Create(self, request: Any, context: Any) -> Any:
        """Create a resource."""
        inputs = properties_of(request.properties)
        if request.preview:
            return await self._sentence(context, "planning", request.urn, lambda: self._planned(request.urn, inputs))

        def created(world: World) -> Any:
            subject = Subject.of(_type(request.urn))
            made = lifecycle.create(world, subject, inputs, config=self._config, urn=request.urn)
            return provider_pb2.CreateResponse(id=made.id, properties=struct_of(made.outputs))

        return await self._in_cloud(context, "create", request.urn, "", created)

    def _planned(self, urn: str, inputs: Properties) -> Any:
        return provider_pb2.CreateResponse(
            properties=struct_of(lifecycle.planned(Subject.of(_type(urn)), inputs, self._config))
        )

    async def Update(self, request: Any, context: Any) -> Any:
        """Change a resource in place."""
        inputs = properties_of(request.news)
        if request.preview:
            subject = Subject.of(_type(request.urn))
            state = lifecycle.replanned(subject, properties_of(request.olds), inputs, self._config)
            return provider_pb2.UpdateResponse(properties=struct_of(state))

        def changed(world: World) -> Any:
            subject = Subject.of(_type(request.urn))
            now = lifecycle.change(world, subject, request.id, inputs, config=self._config, urn=request.urn)
            return provider_pb2.UpdateResponse(properties=struct_of(now.outputs))

        return await self._in_cloud(context, "update", request.urn, request.id, changed)

    async def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""

        def deleted(world: World) -> Any:
            lifecycle.delete(world, Subject.of(_type(request.urn)), request.id)
            return empty_pb2.Empty()

        return await self._in_cloud(context, "delete", request.urn, request.id, deleted)

    async def Read(self, request: Any, context: Any) -> Any:
        """Tell how a resource is now; nothing if it is gone."""
        before = properties_of(request.inputs)

        def looked(world: World) -> Any:
            subject = Subject.of(_type(request.urn))
            found = lifecycle.read(world, subject, request.id)
            if found is None:
                return provider_pb2.ReadResponse()
            inputs = _refreshed(subject, before, found) if before else _imported(subject, found)
            return provider_pb2.ReadResponse(id=found.id, properties=struct_of(found.outputs), inputs=struct_of(inputs))

        return await self._in_cloud(context, "read", request.urn, request.id, looked)

    async def Invoke(self, request: Any, context: Any) -> Any:
        """Answer a data source."""
        places = {"project": self._config.project, "region": self._config.region, "zone": self._config.zone}
        arguments = {name: value for name, value in places.items() if value} | properties_of(request.args)

        def answered() -> Any:
            with self._store.transaction() as world:
                result = invokes.invoke(world, request.tok, arguments, self._settings)
            # `return` is a word of the language.
            return provider_pb2.InvokeResponse(**{"return": struct_of(result)})

        return await self._sentence(context, "invoking", request.tok, answered)

    # How a call is answered.

    async def _in_cloud(
        self, context: Any, call: str, urn: str, id_: str, work: Callable[[World], _Result]
    ) -> _Result | None:
        """One call to the cloud, with the faults and the time that are set for it."""
        subjects = tuple(one for one in (_type(urn), _name(urn), id_, urn) if one)
        connection = self._store.connection
        due = faults.due(connection, call, subjects)
        seconds = 0.0 if call == "read" else faults.latency(connection, subjects)

        def act() -> _Result:
            due.meet("before")
            with self._store.transaction() as world:
                result = work(world)
            due.meet("after")
            return result

        answer = await self._sentence(context, _DOING[call], urn, act)
        if seconds:
            # Google has accepted it and will do it, whether somebody waits for it or not.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._cancelled.wait(), seconds)
                await self._interrupted(context, call, urn, answer)
        return answer

    async def _interrupted(self, context: Any, call: str, urn: str, answer: Any) -> None:
        """Wait no longer; what was created is told, so that the engine does not lose it."""
        said = f"Error {_DOING[call]} {_about(urn)}: interrupted while waiting for the operation to complete."
        if not isinstance(answer, provider_pb2.CreateResponse):
            await context.abort(grpc.StatusCode.CANCELLED, said)
        begun = provider_pb2.ErrorResourceInitFailed(id=answer.id, properties=answer.properties, reasons=[said])
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=said)
        status.details.add().Pack(begun)
        details = (("grpc-status-details-bin", status.SerializeToString()),)
        await context.abort(grpc.StatusCode.UNKNOWN, said, details)

    async def _sentence(self, context: Any, doing: str, urn: str, work: Callable[[], _Result]) -> _Result | None:
        """Do something; what goes wrong is one sentence to the engine, never a traceback."""
        try:
            return work()
        except Refused as refused:
            said = f"googleapi: Error {refused.status}: {refused.message}"
        except NoCloud as missing:
            said = str(missing)
        except Exception as error:
            said = f"The emulated provider made a mistake ({type(error).__name__}: {error}); {_written(error)}"
        await context.abort(grpc.StatusCode.UNKNOWN, f"Error {doing} {_about(urn)}: {said}")
        return None


_DOING: Final = {"create": "creating", "update": "updating", "delete": "deleting", "read": "reading"}


def _about(urn: str) -> str:
    return f"{_type(urn).rpartition(':')[2]} {_name(urn)!r}" if "::" in urn else urn


def _written(error: Exception) -> str:
    """Where the traceback of a mistake was written."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return "it was not written down."
    with Path(folder, "mistakes.log").open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"see {file.name}."


def _type(urn: str) -> str:
    """The type in a URN, without the types of its parents."""
    return urn.split("::")[2].rpartition("$")[2] if "::" in urn else urn


def _name(urn: str) -> str:
    return urn.split("::", 3)[3] if "::" in urn else urn


def _plain(value: Any) -> Any:
    """A setting of the provider: all but texts come as JSON."""
    if isinstance(value, str) and (value[:1] in "{[" or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _refreshed(subject: Subject, before: Properties, found: Resource) -> dict[str, Any]:
    """Inputs of last time with the values of now; what was not asked for stays out."""
    hidden = {*difference.write_only(subject.schema), DEFAULTS}
    kept = {name: value for name, value in before.items() if name in hidden}
    return {**kept, **_now(before, found.outputs, hidden)}


def _now(before: Properties, state: Properties, hidden: set[str]) -> dict[str, Any]:
    return {
        name: _one_now(value, state[name])
        for name, value in before.items()
        if name not in hidden and state.get(name) is not None
    }


def _one_now(before: Any, state: Any) -> Any:
    if isinstance(before, dict) and isinstance(state, dict):
        return _now(before, state, set())
    if isinstance(before, list) and isinstance(state, list) and len(before) == len(state):
        return [_one_now(*pair) for pair in zip(before, state, strict=True)]
    return state


def _imported(subject: Subject, found: Resource) -> dict[str, Any]:
    """Inputs of a resource that the engine meets for the first time."""
    asked = {name for name, one in subject.schema.properties.items() if one.input} & {*found.inputs}
    return {**{name: found.outputs[name] for name in sorted(asked) if name in found.outputs}, DEFAULTS: []}


async def serve(arguments: list[str]) -> None:
    """Serve the engine until it goes."""
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = Servicer(arguments, schema.version(), next((one for one in arguments if not one.startswith("-")), ""))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # A killed engine cannot end its plugins; they see that they belong to somebody else.
    engine = os.getppid()
    while os.getppid() == engine and await server.wait_for_termination(_LOOK_SECONDS):
        pass
    await server.stop(None)


def main(arguments: list[str]) -> None:
    """Run as a plugin; `--version` prints the version it stands for."""
    if "--version" in arguments:
        sys.stdout.write(f"{schema.version()}\n")
        return
    try:
        asyncio.run(serve(arguments))
    except KeyboardInterrupt:
        # The engine's interrupt reaches the whole group; the engine itself says Cancel.
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
