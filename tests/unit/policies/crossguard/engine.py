"""What the engine would ask the pack of a stack, made from its capture."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from policies.capture import SECRET, UNKNOWN, Capture, Resource
from policies.crossguard.messages import analyzer_pb2
from policies.crossguard.pack import Pack
from policies.model import STACK, Status

Answers = dict[tuple[str, str], set[Status]]
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_MARKS: Mapping[Any, Any] = {
    SECRET: {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"},
    UNKNOWN: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
}


def request(resource: Resource) -> Any:
    """The question about one resource."""
    return analyzer_pb2.AnalyzeRequest(**_common(resource, resource.inputs))


def whole(capture: Capture) -> Any:
    """The question about the stack, with outputs that are not the inputs."""
    asked = analyzer_pb2.AnalyzeStackRequest()
    for resource in capture.resources:
        added = asked.resources.add(
            **_common(resource, {"output": 1}), parent=resource.parent or "", dependencies=resource.dependencies
        )
        for name, urns in resource.property_dependencies.items():
            added.propertyDependencies[name].urns.extend(urns)
    return asked


def answers(pack: Pack, capture: Capture) -> Answers:
    """What the engine would count for each policy and resource in one run; not applicable where it counts nothing."""
    counted: Answers = {}
    resource_policies = {rule.id for rule in pack.rules if rule.judge}
    for resource in capture.resources:
        if not resource.read:
            _count(counted, pack.Analyze(request(resource), None), resource_policies, resource.urn)
    _count(counted, pack.AnalyzeStack(whole(capture), None), {rule.id for rule in pack.rules}, STACK)
    return counted


def _count(counted: Answers, response: Any, policies: set[str], where: str) -> None:
    for said in response.diagnostics:
        status = Status.VIOLATED if said.enforcementLevel == analyzer_pb2.MANDATORY else Status.NOT_EVALUATED
        counted.setdefault((said.policyName, said.urn or where), set()).add(status)
    spoken = {said.policyName for said in response.diagnostics} | {one.policy_name for one in response.not_applicable}
    for policy in policies - spoken:
        counted.setdefault((policy, where), set()).add(Status.COMPLIANT)


def _common(resource: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    options = analyzer_pb2.AnalyzerResourceOptions(
        protect=resource.protect, parent=resource.parent or "", ignoreChanges=resource.ignore_changes
    )
    given = {
        "urn": resource.urn, "type": resource.type, "name": resource.name, "options": options,
        "properties": ParseDict(_marked(inputs), Struct()),
    }  # fmt: skip
    if resource.provider or resource.custom:
        given["provider"] = analyzer_pb2.AnalyzerProviderResource(urn=resource.provider or _default(resource))
    return given


def _default(resource: Resource) -> str:
    """URN of a provider that the engine made itself."""
    head = resource.urn.rsplit("::", 2)[0]
    return f"{head}::pulumi:providers:{resource.type.partition(':')[0]}::default_1_0_0"


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _marked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(part) for part in value]
    return _MARKS.get(value, value) if value is UNKNOWN or isinstance(value, str) else value
