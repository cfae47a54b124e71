"""What the pack answers the engine, and that it is what the rules say of the same stack."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies import rules
from policies.capture import SECRET, UNKNOWN, Capture, Resource
from policies.crossguard.messages import analyzer_pb2
from policies.crossguard.pack import Pack
from policies.model import Rule, Severity, Status, Violation
from tests.unit.policies.crossguard.engine import answers, request, whole

KIND = "t:i:T"
KEY = "urn:pulumi:s::p::t:i:Key::key"


def resource(name: str = "one", **inputs: Any) -> Resource:
    return Resource(urn=f"urn:pulumi:s::p::{KIND}::{name}", type=KIND, name=name, inputs=inputs)


def on(one: Resource) -> Iterator[Violation]:
    if one.get("on") is not True:
        yield Violation("It is off.", "on")


def keyed(one: Resource) -> Iterator[Violation]:
    if not one.comes_from("key", "t:i:Key"):
        yield Violation("It has no key of the stack.", "key")


def two(capture: Capture) -> Iterator[Violation]:
    if sum(bool(one.get("on")) for one in capture.of(KIND)) != 2:
        yield Violation("Two have to be on.")


def mistaken(one: Resource) -> Iterator[Violation]:
    yield Violation(str(1 / int(one.get("zero", 0))))


def rule(id_: str, **more: Any) -> Rule:
    how = more or {"types": (KIND,), "judge": on}
    return Rule(
        id=id_, title=f"Title of {id_}", severity=Severity.HIGH, reason="R.", fix="Put it right.",
        controls=("cis-gke:5.6.5", "nsa:x"), **how,
    )  # fmt: skip


ON = rule("a-on")
KEYED = rule("a-keyed", types=(KIND,), judge=keyed)
TWO = rule("a-two", judge_stack=two)
MISTAKEN = rule("a-is-mistaken", types=(KIND,), judge=mistaken)


def test_what_is_wrong_is_said_of_the_resource_before_it_is_made() -> None:
    [said] = Pack([ON]).Analyze(request(resource(on=False)), None).diagnostics
    assert (said.policyName, said.policyPackName, said.urn) == ("a-on", "a-tu-mano", resource().urn)
    assert said.enforcementLevel == analyzer_pb2.MANDATORY
    assert said.severity == analyzer_pb2.POLICY_SEVERITY_HIGH
    assert said.message.startswith("Title of a-on: It is off.\nPut it right. If that is accepted, name it in policies/")


def test_what_holds_counts_as_passed_and_what_was_not_asked_does_not() -> None:
    pack = Pack([ON, TWO, rule("b-on", types=("t:i:Other",), judge=on)])
    response = pack.Analyze(request(resource(on=True)), None)
    assert not response.diagnostics
    # The engine counts as passed what is neither said nor not applicable.
    assert {one.policy_name for one in response.not_applicable} == {"a-two", "b-on"}
    other = pack.Analyze(request(replace(resource(), type="t:i:Unheard")), None)
    assert {one.policy_name for one in other.not_applicable} == {"a-on", "a-two", "b-on"}
    assert all(one.reason for one in other.not_applicable)


def test_what_is_not_known_is_an_advice_and_never_a_pass() -> None:
    response = Pack([ON]).Analyze(request(resource(on=UNKNOWN)), None)
    [said] = response.diagnostics
    assert said.enforcementLevel == analyzer_pb2.ADVISORY
    assert "Not evaluated: `on` is not known before it is created." in said.message


def test_a_secret_is_not_read() -> None:
    def shows(one: Resource) -> Iterator[Violation]:
        yield Violation(one.get("password"))

    [said] = (
        Pack([rule("a-shows", types=(KIND,), judge=shows)])
        .Analyze(request(resource(password=SECRET)), None)
        .diagnostics
    )
    assert f": {SECRET}\n" in said.message


def test_where_a_value_comes_from_is_judged_at_the_end_as_the_engine_tells_it_only_then() -> None:
    sourced = replace(resource("good", key=UNKNOWN), property_dependencies={"key": (KEY,)})
    stack = Capture(stack="s", project="p", source="preview", resources=(sourced, resource("bad", key="k")))
    pack = Pack([KEYED, ON])
    for one in stack.resources:
        response = pack.Analyze(request(one), None)
        assert "told at the end" in next(one.reason for one in response.not_applicable if one.policy_name == "a-keyed")
    at_the_end = pack.AnalyzeStack(whole(stack), None)
    assert [(said.policyName, said.urn.rpartition(":")[2]) for said in at_the_end.diagnostics] == [("a-keyed", "bad")]
    assert {one.policy_name for one in at_the_end.not_applicable} == {"a-on"}


def test_the_stack_is_judged_by_what_was_asked_for() -> None:
    """The engine shows outputs at the end, which a preview does not know."""
    stack = Capture(
        stack="s", project="p", source="preview", resources=(resource("x", on=True), resource("y", on=False))
    )
    pack = Pack([TWO])
    for one in stack.resources:
        pack.Analyze(request(one), None)
    [said] = pack.AnalyzeStack(whole(stack), None).diagnostics
    assert (said.policyName, said.urn, said.message.partition("\n")[0]) == (
        "a-two", "", "Title of a-two: Two have to be on.",
    )  # fmt: skip


def test_a_mistake_in_a_rule_lets_nothing_pass() -> None:
    def whole_mistake(capture: Capture) -> Iterator[Violation]:
        raise KeyError(capture.stack)

    pack = Pack([MISTAKEN, rule("b-is-mistaken", judge_stack=whole_mistake)])
    stack = Capture(stack="s", project="p", source="preview", resources=(resource(),))
    said = [*pack.Analyze(request(resource()), None).diagnostics, *pack.AnalyzeStack(whole(stack), None).diagnostics]
    assert [one.enforcementLevel for one in said] == [analyzer_pb2.MANDATORY] * 2
    assert "ZeroDivisionError: division by zero" in said[0].message
    assert "Mend policies/rules/a/is_mistaken.py." in said[0].message
    assert "KeyError: 's'" in said[1].message


@pytest.mark.parametrize("level", ["ADVISORY", "DISABLED"])
def test_a_configuration_sets_the_level_of_each_policy(level: str) -> None:
    pack = Pack([ON])
    config = analyzer_pb2.ConfigureAnalyzerRequest()
    config.policyConfig["a-on"].enforcementLevel = getattr(analyzer_pb2, level)
    pack.Configure(config, None)
    response = pack.Analyze(request(resource(on=False)), None)
    if level == "DISABLED":
        assert [(one.policy_name, one.reason) for one in response.not_applicable] == [
            ("a-on", "It is switched off by the configuration.")
        ]
    else:
        assert [said.enforcementLevel for said in response.diagnostics] == [analyzer_pb2.ADVISORY]


def test_the_engine_is_told_of_every_rule() -> None:
    info = Pack(rules.RULES).GetAnalyzerInfo(None, None)
    assert {policy.name for policy in info.policies} == {one.id for one in rules.RULES}
    assert {policy.enforcementLevel for policy in info.policies} == {analyzer_pb2.MANDATORY}
    assert all(policy.remediation_steps and policy.displayName and policy.severity for policy in info.policies)
    [one] = Pack([ON]).GetAnalyzerInfo(None, None).policies
    assert (one.framework.name, one.framework.reference, list(one.tags)) == (
        "cis-gke",
        "5.6.5",
        ["cis-gke:5.6.5", "nsa:x"],
    )


def test_nothing_is_changed() -> None:
    response = Pack([ON, TWO]).Remediate(request(resource(on=False)), None)
    assert not response.remediations
    assert {one.policy_name for one in response.not_applicable} == {"a-on", "a-two"}


@pytest.mark.parametrize("stack", ["prod", "dev", "local"])
def test_the_engine_counts_what_the_rules_say(stack: str, request: pytest.FixtureRequest) -> None:
    """Of each rule and resource, over a whole run; a rule that answers at the end passes for the stack at once."""
    capture: Capture = request.getfixturevalue(stack)
    capture = replace(capture, resources=tuple(one for one in capture.resources if not one.read))
    found = answers(Pack(rules.RULES), capture)
    heard = {check for check, _ in found}
    for finding in rules.judge(capture).findings:
        counted = found.get(finding.key)
        if finding.status is Status.NOT_APPLICABLE:
            assert counted is None, finding
        elif counted is None:
            assert finding.status is Status.COMPLIANT, finding
            assert finding.check in heard, finding
        else:
            assert counted == {finding.status}, finding


def test_a_namespace_that_the_provider_filled_in_is_not_known() -> None:
    """In a plan it says `default` where the namespace is not there yet; given as a text, `default` is what it is."""
    service, namespace = "kubernetes:core/v1:Service", "urn:pulumi:s::p::kubernetes:core/v1:Namespace::shop"

    def named(one: Resource) -> Iterator[Violation]:
        if one.get("metadata.namespace") == "default":
            yield Violation("It is in default.")

    def of(name: str, *sources: str) -> Resource:
        urn = f"urn:pulumi:s::p::{service}::{name}"
        told = {"metadata": sources} if sources else {}
        inputs = {"metadata": {"namespace": "default"}}
        return Resource(urn=urn, type=service, name=name, inputs=inputs, property_dependencies=told)

    stack = Capture(stack="s", project="p", source="preview", resources=(of("filled", namespace), of("given")))
    found = answers(Pack([rule("a-named", types=(service,), judge=named)]), stack)
    assert {(urn.rpartition(":")[2], *status) for (_, urn), status in found.items()} == {
        ("filled", Status.NOT_EVALUATED),
        ("given", Status.VIOLATED),
    }
