"""How a rule becomes findings."""

from collections.abc import Iterator

from policies.capture import UNKNOWN, Capture, Resource
from policies.model import STACK, Finding, NotApplicableError, Rule, Severity, Status, Violation, evaluate

KIND = "t:i:T"


def resource(name: str, **inputs: object) -> Resource:
    urn = f"urn:pulumi:s::p::{KIND}::{name}"
    return Resource(urn=urn, type=KIND, name=name, inputs=inputs, file="infra/x.py", line=4)


def stack(*resources: Resource) -> Capture:
    return Capture(stack="s", project="p", source="program", resources=resources)


def judge(one: Resource) -> Iterator[Violation]:
    if one.get("skip"):
        msg = "It is skipped."
        raise NotApplicableError(msg)
    if not one.get("on"):
        yield Violation("It is off.", "on")
    if one.get("loud"):
        yield Violation("It is loud.", "loud")


def rule(**more: object) -> Rule:
    described: dict[str, object] = {"types": (KIND,), "judge": judge, **more}
    return Rule(id="a-b", title="On", severity=Severity.HIGH, reason="R.", fix="F.", **described)  # type: ignore[arg-type]


def by_status(findings: list[Finding]) -> list[tuple[str, Status, str]]:
    return [(finding.resource.rpartition(":")[2], finding.status, finding.message) for finding in findings]


def test_each_resource_has_a_finding_and_each_fault_one() -> None:
    found = evaluate(
        rule(),
        stack(
            resource("good", on=True),
            resource("bad", on=False, loud=True),
            resource("unknown", on=UNKNOWN),
            resource("skipped", skip=True),
        ),
    )
    assert by_status(found) == [
        ("good", Status.COMPLIANT, ""),
        ("bad", Status.VIOLATED, "It is off."),
        ("bad", Status.VIOLATED, "It is loud."),
        ("unknown", Status.NOT_EVALUATED, "`on` is not known before it is created."),
        ("skipped", Status.NOT_APPLICABLE, "It is skipped."),
    ]
    assert {(finding.file, finding.line) for finding in found} == {("infra/x.py", 4)}
    assert [finding.property_path for finding in found] == [None, "on", "loud", "on", None]


def test_a_violation_that_is_known_is_one_whatever_is_not_known() -> None:
    [found] = evaluate(rule(), stack(resource("half", on=False, loud=UNKNOWN)))
    assert (found.status, found.message) == (Status.VIOLATED, "It is off.")


def test_a_rule_about_nothing_says_so() -> None:
    [found] = evaluate(rule(), stack())
    assert (found.status, found.resource) == (Status.NOT_APPLICABLE, STACK)
    assert KIND in found.message


def test_a_rule_of_the_stack_answers_for_its_subjects() -> None:
    def whole(capture: Capture) -> Iterator[Violation]:
        for one in capture.of(KIND):
            if one.get("on") is not True:
                yield Violation("It is off.", "on", one)

    subject = rule(types=(), judge=None, judge_stack=whole, subjects=lambda capture: capture.of(KIND))
    good, bad = resource("good", on=True), resource("bad", on=False)
    assert sorted(by_status(evaluate(subject, stack(good, bad)))) == [
        ("bad", Status.VIOLATED, "It is off."),
        ("good", Status.COMPLIANT, ""),
    ]
    unknown = evaluate(subject, stack(good, resource("unknown", on=UNKNOWN)))
    assert {finding.status for finding in unknown} == {Status.NOT_EVALUATED}
    assert [finding.status for finding in evaluate(subject, stack())] == [Status.NOT_APPLICABLE]


def test_what_a_rule_answers_for_may_not_be_known() -> None:
    def on(capture: Capture) -> list[Resource]:
        return [one for one in capture.of(KIND) if one.get("on")]

    subject = rule(types=(), judge=None, judge_stack=lambda _: [], subjects=on)
    assert [finding.status for finding in evaluate(subject, stack(resource("a", on=UNKNOWN)))] == [Status.NOT_EVALUATED]


def test_a_rule_of_the_stack_without_subjects_answers_for_the_stack() -> None:
    def needs_two(capture: Capture) -> Iterator[Violation]:
        if len(capture.resources) < 2:
            yield Violation("There are too few.")

    subject = rule(types=(), judge=None, judge_stack=needs_two)
    assert by_status(evaluate(subject, stack(resource("one")))) == [(STACK, Status.VIOLATED, "There are too few.")]
    assert by_status(evaluate(subject, stack(resource("a"), resource("b")))) == [(STACK, Status.COMPLIANT, "")]
