"""What the engine asks of a policy pack while it previews or updates a stack, answered by the rules.

The engine asks about each resource before anything is done with it (`Analyze`), and about the stack at the end
(`AnalyzeStack`). A rule that judges resources answers at the first, unless it has to know where a value comes from,
which the engine only tells at the end. What is found there in a preview is found before anything is made.

Every rule is mandatory; what is accepted is waived by name (policies/waivers.yaml). What can't be judged yet is said as
an advice, never taken for a pass. A rule that fails by a mistake of its own is a violation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty

from policies.capture import Capture, Resource
from policies.crossguard import NAME, NOT_EVALUATED
from policies.crossguard.messages import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2, properties
from policies.model import STACK, Finding, Rule, Severity, Status, evaluate, judged
from policies.sources import engine

_WAIVE: Final = "If that is accepted, name it in policies/waivers.yaml, with a reason, an owner and a date."
_MANDATORY: Final = analyzer_pb2.MANDATORY
_SEVERITIES: Final = {
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}
_ABOUT_OTHERS: Final = "It is about other types."
_AT_THE_END: Final = "It has to know where a value comes from, which is told at the end."
_ONE_BY_ONE: Final = "It was asked about each resource."
_OFF: Final = "It is switched off by the configuration."


class _ToldLaterError(Exception):
    """A rule wants to know where a value comes from, which the engine tells at the end."""


class _ToldLater(Mapping[str, tuple[str, ...]]):
    """The sources of a resource's values, of a resource that is asked about alone."""

    def __getitem__(self, key: str) -> tuple[str, ...]:
        raise _ToldLaterError

    def __iter__(self) -> Iterator[str]:
        raise _ToldLaterError

    def __len__(self) -> int:
        raise _ToldLaterError


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """The pack, of one run of the engine. It is asked one thing at a time."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._of_type: dict[str, list[Rule]] = {}
        for rule in rules:
            for kind in rule.types if rule.judge else ():
                self._of_type.setdefault(kind, []).append(rule)
        self._levels: dict[str, int] = {}
        self._states: dict[str, dict[str, Any]] = {}
        """What was asked about so far, by URN, in the shape that a state has."""
        self._put_off: dict[str, list[str]] = {}
        """Rules that answer at the end, with the URNs they answer for."""
        self._others: dict[str, analyzer_pb2.AnalyzeResponse] = {}
        self._changes_nothing = analyzer_pb2.RemediateResponse()
        for rule in rules:
            self._changes_nothing.not_applicable.add(policy_name=rule.id)

    def GetAnalyzerInfo(self, _request: Empty, _context: object) -> analyzer_pb2.AnalyzerInfo:
        """Name and policies of the pack; the engine takes version and description from PulumiPolicy.yaml."""
        policies = [_policy(rule) for rule in self.rules]
        return analyzer_pb2.AnalyzerInfo(name=NAME, displayName="A Tu Mano", supportsConfig=True, policies=policies)

    def GetPluginInfo(self, _request: Empty, _context: object) -> plugin_pb2.PluginInfo:
        """The pack has no version as a plugin."""
        return plugin_pb2.PluginInfo()

    def Handshake(self, _request: object, _context: object) -> analyzer_pb2.AnalyzerHandshakeResponse:
        """The engine says where it is, which the pack need not know."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(self, _request: object, _context: object) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """The rules ask the same of every stack."""
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest, _context: object) -> Empty:
        """Take the enforcement level that a configuration gives to each policy."""
        self._levels = {name: policy.enforcementLevel for name, policy in request.policyConfig.items()}
        return Empty()

    def Cancel(self, _request: Empty, _context: object) -> Empty:
        """The engine was interrupted; it ends the pack itself."""
        return Empty()

    def Remediate(self, _request: object, _context: object) -> analyzer_pb2.RemediateResponse:
        """Rules judge, they change nothing."""
        return self._changes_nothing

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, _context: object) -> analyzer_pb2.AnalyzeResponse:
        """What is wrong with one resource, before anything is done with it."""
        state = _state(request)
        self._states[request.urn] = state
        asked = self._of_type.get(request.type, [])
        response = analyzer_pb2.AnalyzeResponse()
        if engine.filled_in(state):
            # Whose namespace it is, is told with where it comes from.
            for rule in asked:
                self._put_off_to_the_end(rule, request.urn, response)
        elif asked:
            resource = replace(engine.resource(state), property_dependencies=_ToldLater())
            for rule in asked:
                self._ask(rule, resource, response)
        response.MergeFrom(self._about_others(request.type))
        return response

    def _about_others(self, kind: str) -> analyzer_pb2.AnalyzeResponse:
        """The rules that have nothing to ask of a type; made once for each, since every resource needs it."""
        if kind not in self._others:
            asked = {rule.id for rule in self._of_type.get(kind, ())}
            self._others[kind] = analyzer_pb2.AnalyzeResponse()
            self._not_applicable(
                self._others[kind], _ABOUT_OTHERS, [rule.id for rule in self.rules if rule.id not in asked]
            )
        return self._others[kind]

    def _ask(self, rule: Rule, resource: Resource, response: analyzer_pb2.AnalyzeResponse) -> None:
        if self._level(rule) == analyzer_pb2.DISABLED:
            self._not_applicable(response, _OFF, [rule.id])
            return
        try:
            self._answer(rule, judged(rule, resource), response)
        except _ToldLaterError:
            self._put_off_to_the_end(rule, resource.urn, response)
        except Exception as error:  # a mistake in a rule must never let anything pass
            self._mistake(rule, error, response)

    def _put_off_to_the_end(self, rule: Rule, urn: str, response: analyzer_pb2.AnalyzeResponse) -> None:
        self._put_off.setdefault(rule.id, []).append(urn)
        self._not_applicable(response, _AT_THE_END, [rule.id])

    def AnalyzeStack(self, request: analyzer_pb2.AnalyzeStackRequest, _context: object) -> analyzer_pb2.AnalyzeResponse:
        """What is wrong with the stack as a whole, and what could not be said of a resource alone."""
        response = analyzer_pb2.AnalyzeResponse()
        capture = engine.from_states("preview", self._whole(request.resources))
        for rule in self.rules:
            if self._level(rule) == analyzer_pb2.DISABLED:
                self._not_applicable(response, _OFF, [rule.id])
            elif rule.judge is not None and rule.id not in self._put_off:
                self._not_applicable(response, _ONE_BY_ONE, [rule.id])
            else:
                try:
                    self._answer(rule, self._late(rule, capture), response)
                except Exception as error:  # as above
                    self._mistake(rule, error, response)
        return response

    def _late(self, rule: Rule, capture: Capture) -> list[Finding]:
        if rule.judge is None:
            return evaluate(rule, capture)
        asked = set(self._put_off[rule.id])
        return [finding for one in capture.resources if one.urn in asked for finding in judged(rule, one)]

    def _whole(self, resources: Iterable[analyzer_pb2.AnalyzerResource]) -> Iterator[dict[str, Any]]:
        """States of all resources. The engine sends outputs here: what they were asked for is known from before.

        Of one that it did not ask about, because it is not touched, the outputs have to do.
        """
        for resource in resources:
            asked = self._states.get(resource.urn) or _state(resource)
            sources = {name: list(found.urns) for name, found in resource.propertyDependencies.items()}
            yield {**asked, "dependencies": list(resource.dependencies), "propertyDependencies": sources}

    def _level(self, rule: Rule) -> int:
        return self._levels.get(rule.id, _MANDATORY)

    def _answer(self, rule: Rule, findings: Sequence[Finding], response: analyzer_pb2.AnalyzeResponse) -> None:
        if all(finding.status is Status.NOT_APPLICABLE for finding in findings):
            self._not_applicable(response, findings[0].message, [rule.id])
        for finding in findings:
            if finding.status is Status.VIOLATED:
                self._say(rule, f"{finding.message}\n{rule.fix} {_WAIVE}", self._level(rule), finding, response)
            elif finding.status is Status.NOT_EVALUATED:
                said = f"{NOT_EVALUATED}{finding.message} It is judged when it is known."
                self._say(rule, said, analyzer_pb2.ADVISORY, finding, response)

    def _mistake(self, rule: Rule, error: Exception, response: analyzer_pb2.AnalyzeResponse) -> None:
        finding = Finding(check=rule.id, status=Status.VIOLATED, resource=STACK)
        said = (
            f"The rule could not judge: {type(error).__name__}: {error}. Nothing passes unjudged.\n"
            f"Mend policies/rules/{rule.id.replace('-', '/', 1).replace('-', '_')}.py."
        )
        self._say(rule, said, self._level(rule), finding, response)

    def _say(
        self, rule: Rule, message: str, level: int, finding: Finding, response: analyzer_pb2.AnalyzeResponse
    ) -> None:
        response.diagnostics.add(
            policyName=rule.id,
            policyPackName=NAME,
            description=rule.title,
            message=f"{rule.title}: {message}",
            enforcementLevel=level,
            urn="" if finding.resource == STACK else finding.resource,
            severity=_SEVERITIES[rule.severity],
        )

    def _not_applicable(self, response: analyzer_pb2.AnalyzeResponse, reason: str, rules: Iterable[str]) -> None:
        # The engine counts as passed whatever is neither said nor named here.
        for rule in rules:
            response.not_applicable.add(policy_name=rule, reason=reason)


def _policy(rule: Rule) -> analyzer_pb2.PolicyInfo:
    catalogue, _, number = (rule.controls or ("",))[0].partition(":")
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=rule.reason,
        enforcementLevel=_MANDATORY,
        # A rule about resources may answer at the end as well; the engine has no type for that but `unknown`.
        policy_type=analyzer_pb2.POLICY_TYPE_UNKNOWN if rule.judge else analyzer_pb2.POLICY_TYPE_STACK,
        severity=_SEVERITIES[rule.severity],
        framework=analyzer_pb2.PolicyComplianceFramework(name=catalogue, reference=number) if catalogue else None,
        tags=list(rule.controls),
        remediation_steps=rule.fix,
    )


def _state(asked: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource) -> dict[str, Any]:
    """One resource in the shape that a state has, as far as the engine tells."""
    provider = f"{asked.provider.urn}::" if asked.HasField("provider") else None
    return {
        "urn": asked.urn,
        "type": asked.type,
        "custom": bool(provider) or asked.type.startswith("pulumi:providers:"),
        "inputs": properties(asked.properties),
        "parent": asked.options.parent,
        "provider": provider,
        "protect": asked.options.protect,
        "ignoreChanges": list(asked.options.ignoreChanges),
    }
