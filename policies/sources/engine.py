"""A capture from what the engine says: the plan of a preview, or the state it keeps.

Both have resources in one shape; of a preview it is each step's `newState`, of a state each entry of
`deployment.resources`. What the engine and the providers add for themselves is left out, so that the same stack reads
the same from every source: default providers, versions, and the stack itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from local.paths import REPOSITORY
from policies.capture import UNKNOWN, Capture, CaptureError, Resource, name_of, type_of
from policies.sources.wire import ENGINE_ROOT, line_of, plain

_GONE: Final = frozenset(
    {"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"}
)
_DEFAULT_PROVIDER: Final = "default"
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_PROVIDERS: Final = "pulumi:providers:"
_OF_THE_PROVIDER_ITSELF: Final = frozenset({"version", "pluginDownloadURL"})


def from_preview(document: Mapping[str, Any]) -> Capture:
    """What a stack would have after what `pulumi preview --json --show-sames` printed.

    Raises:
        CaptureError: It is not such a document, or the engine did not come to its end.
    """
    if "steps" not in document:
        msg = "The preview has no steps; all that `pulumi preview --json --show-sames` prints is required."
        raise CaptureError(msg)
    states = [step["newState"] for step in document["steps"] if step["op"] not in _GONE and step.get("newState")]
    return from_states("preview", {state["urn"]: state for state in states}.values())


def from_state(document: Mapping[str, Any]) -> Capture:
    """What a stack has, by what `pulumi stack export` printed.

    Raises:
        CaptureError: It is not such a document, or holds nothing.
    """
    if "deployment" not in document:
        msg = "The state has no deployment; what `pulumi stack export` prints is required."
        raise CaptureError(msg)
    resources = (document["deployment"] or {}).get("resources") or []
    return from_states("state", [resource for resource in resources if not resource.get("delete")])


def from_states(source: str, states: Iterable[Mapping[str, Any]]) -> Capture:
    """The capture of resources in the shape that a state has.

    Raises:
        CaptureError: There are none.
    """
    states = list(states)
    if not states:
        msg = f"The {source} has no resources; a stack that has some is required."
        raise CaptureError(msg)
    _, _, stack, rest = states[0]["urn"].split(":", 3)
    return Capture(
        stack=stack, project=rest.lstrip(":").partition("::")[0], source=source, resources=tuple(_resources(states))
    )


def _resources(states: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    for state in states:
        if state["type"] != ENGINE_ROOT and not _is_default_provider(state["urn"]):
            yield resource(state)


def resource(state: Mapping[str, Any]) -> Resource:
    """One resource in the shape that a state has; `urn` and `type` are required, the rest may be left out."""
    kind = state["type"]
    read = bool(state.get("external"))
    sources = {} if read else {k: tuple(sorted(v)) for k, v in (state.get("propertyDependencies") or {}).items() if v}
    file, line = _line(state)
    return Resource(
        urn=state["urn"],
        type=kind,
        name=name_of(state["urn"]),
        inputs={} if read else _inputs(kind, state, sources),
        custom=bool(state.get("custom")),
        parent=_unless_stack(state.get("parent")),
        provider=_provider(state.get("provider")),
        dependencies=tuple(sorted(state.get("dependencies") or ())),
        property_dependencies=sources,
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
        ignore_changes=tuple(state.get("ignoreChanges") or ()),
        read=read,
        file=file,
        line=line,
    )


def _inputs(kind: str, state: Mapping[str, Any], sources: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    own = _OF_THE_PROVIDER_ITSELF if kind.startswith(_PROVIDERS) else frozenset()
    inputs = {key: value for key, value in plain(state.get("inputs") or {}).items() if key not in own}
    if kind == _SECRET and "data" in inputs:
        # The provider keeps what it is given as `stringData` there.
        inputs["stringData"] = inputs.pop("data")
    if filled_in(state) and any(type_of(urn) == _NAMESPACE for urn in sources.get("metadata", ())):
        inputs["metadata"] = {**inputs["metadata"], "namespace": UNKNOWN}
    return inputs


def filled_in(state: Mapping[str, Any]) -> bool:
    """Whether the namespace may be the provider's word for one that is not known yet, as that of another resource.

    Source: pulumi-kubernetes, `Check` in provider/pkg/provider/provider.go: what is no text becomes its default.
    """
    metadata = (state.get("inputs") or {}).get("metadata")
    kubernetes = state["type"].startswith("kubernetes:")
    return kubernetes and isinstance(metadata, Mapping) and metadata.get("namespace") == "default"


def _unless_stack(urn: str | None) -> str | None:
    return urn if urn and type_of(urn) != ENGINE_ROOT else None


def _is_default_provider(urn: str) -> bool:
    return type_of(urn).startswith(_PROVIDERS) and name_of(urn).split("_")[0] == _DEFAULT_PROVIDER


def _provider(reference: str | None) -> str | None:
    urn = (reference or "").rpartition("::")[0]
    return urn if urn and not _is_default_provider(urn) else None


def _line(state: Mapping[str, Any]) -> tuple[str | None, int | None]:
    positions = [frame.get("sourcePosition", "") for frame in state.get("stackTrace") or ()]
    frames = []
    for position in positions:
        path, _, place = position.removeprefix("project:///").partition("#")
        if path and place:
            frames.append(((REPOSITORY / path).as_uri() if ".." not in path else "", int(place.partition(",")[0])))
    return line_of(frames)
