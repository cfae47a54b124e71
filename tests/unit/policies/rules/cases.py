"""The four cases every rule is tested with, in a few lines: passing, failing, unknown, unrelated.

    test_private_nodes = four_cases(
        RULE,
        "prod gcp:container/cluster:Cluster cluster",
        failing=[{"privateClusterConfig.enablePrivateNodes": False}, {"privateClusterConfig": GONE}],
        unknown=["privateClusterConfig.enablePrivateNodes"],
    )

The subject is `STACK TYPE NAME` of a committed stack, `STACK` for a rule that looks at all of one, or built by hand
(`made`, `stack_of`). A change is a mapping of property path to value, or any function of the subject: see `changed`,
`without`, `unprotected`, `added`.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.model import STACK, Finding, Rule, Status, evaluate, judged

GONE: Final = object()
"""In a change: the property is taken away."""
Subject = Resource | Capture
Change = Mapping[str, Any] | Callable[[Any], Subject]


def four_cases(
    rule: Rule,
    subject: str | Subject,
    *,
    failing: Sequence[Change],
    unknown: Sequence[str | Change],
    passing: Sequence[Change] = (),
    not_applicable: Sequence[Change] = (),
) -> Callable[..., None]:
    """A test of all cases; assign it to a name that begins with `test_`.

    The subject as it is has to pass. `unknown` are paths that are not known yet, or changes after which nothing can
    be said. That a stack with nothing the rule asks about is not applicable is tested with every rule.
    """
    hide = [{path: UNKNOWN} if isinstance(path, str) else path for path in unknown]
    wanted: list[tuple[str, Status, Change]] = [
        ("passing", Status.COMPLIANT, {}),
        *(("passing", Status.COMPLIANT, change) for change in passing),
        *(("failing", Status.VIOLATED, change) for change in failing),
        *(("unknown", Status.NOT_EVALUATED, change) for change in hide),
        *(("not applicable", Status.NOT_APPLICABLE, change) for change in not_applicable),
    ]

    @pytest.mark.parametrize(("status", "change"), [pytest.param(*rest, id=name) for name, *rest in wanted])
    def test(request: pytest.FixtureRequest, status: Status, change: Change) -> None:
        start = _found(subject, request)
        end = change(start) if callable(change) else _edited(start, change)
        assert callable(change) or not change or end != start, "the change changes nothing"
        _assert_status(findings_of(rule, end), status)
        _assert_status(evaluate(rule, stack_of(_UNRELATED)), Status.NOT_APPLICABLE)

    return test


def findings_of(rule: Rule, subject: Subject) -> list[Finding]:
    """What a rule finds in a resource, or in a stack."""
    return evaluate(rule, subject) if isinstance(subject, Capture) else judged(rule, subject)


def made(
    type_: str, name: str = "thing", *, sources: Mapping[str, Sequence[str]] | None = None, **properties: Any
) -> Resource:
    """A resource built by hand; `sources` names for a property the types of the resources it comes from."""
    return Resource(
        urn=_urn(type_, name),
        type=type_,
        name=name,
        inputs=properties,
        property_dependencies={
            key: tuple(_urn(source, "source") for source in types) for key, types in (sources or {}).items()
        },
    )


def stack_of(*resources: Resource) -> Capture:
    """A stack of just these."""
    return Capture(stack="test", project="a-tu-mano", source="program", resources=resources)


def resource_of(capture: Capture, named: str) -> Resource:
    """The resource `TYPE NAME` of a stack; a name may be left out where there is one of the type."""
    type_, _, name = named.partition(" ")
    found = [resource for resource in capture.of(type_) if name in ("", resource.name)]
    assert len(found) == 1, f"{named}: {[resource.name for resource in capture.of(type_)]}"
    return found[0]


def edited(resource: Resource, change: Mapping[str, Any]) -> Resource:
    """The resource with other properties; what is changed no longer comes from anywhere."""
    inputs = copy.deepcopy(dict(resource.inputs))
    for path, value in change.items():
        _set(inputs, _steps(path), value)
    tops = {str(_steps(path)[0]) for path in change}
    kept = {key: urns for key, urns in resource.property_dependencies.items() if key not in tops}
    return replace(resource, inputs=inputs, property_dependencies=kept)


def changed(named: str, change: Mapping[str, Any]) -> Callable[[Capture], Capture]:
    """A change to one resource, `TYPE NAME`, of a stack."""
    return partial(_replaced, named=named, by=lambda resource: (edited(resource, change),))


def without(named: str) -> Callable[[Capture], Capture]:
    """A stack without one resource, `TYPE NAME`."""
    return partial(_replaced, named=named, by=lambda _: ())


def added(*resources: Resource) -> Callable[[Capture], Capture]:
    """A stack with more resources."""
    return lambda capture: replace(capture, resources=(*capture.resources, *resources))


def unprotected(resource: Resource) -> Resource:
    """The resource without its protection."""
    return replace(resource, protect=False)


def _replaced(
    capture: Capture, named: str, by: Callable[[Resource], tuple[Resource, ...]]
) -> Capture:  # fmt: skip
    old = resource_of(capture, named)
    parts = [by(resource) if resource is old else (resource,) for resource in capture.resources]
    return replace(capture, resources=tuple(resource for part in parts for resource in part))


def _found(subject: str | Subject, request: pytest.FixtureRequest) -> Subject:
    if not isinstance(subject, str):
        return subject
    stack, _, named = subject.partition(" ")
    capture: Capture = request.getfixturevalue(stack)
    return resource_of(capture, named) if named else capture


def _edited(subject: Subject, change: Mapping[str, Any]) -> Subject:
    if isinstance(subject, Resource):
        return edited(subject, change)
    assert not change, "a stack is changed with `changed`, `without` or `added`"
    return subject


def _assert_status(findings: list[Finding], status: Status) -> None:
    found = {finding.status for finding in findings}
    match status:
        case Status.COMPLIANT:
            assert found <= {Status.COMPLIANT, Status.NOT_APPLICABLE}, findings
            assert Status.COMPLIANT in found, findings
        case Status.VIOLATED:
            bad = [finding for finding in findings if finding.status is status]
            assert bad, findings
            assert all(finding.message.endswith(".") for finding in bad), "a message is a sentence"
        case Status.NOT_EVALUATED:
            assert status in found, findings
            assert Status.VIOLATED not in found, findings
        case _:
            assert found == {status}, findings
            assert all(finding.message.endswith(".") for finding in findings), "a message is a sentence"


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::a-tu-mano::{type_}::{name}"


def _steps(path: str) -> list[str | int]:
    return [int(index) if index else key for key, index in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", path)]


def _set(inputs: Any, steps: list[str | int], value: Any) -> None:
    *above, last = steps
    for step in above:
        inputs = inputs[step] if isinstance(step, int) else inputs.setdefault(step, {})
    if value is GONE:
        inputs.pop(last)
    else:
        inputs[last] = value


_UNRELATED: Final = replace(made("test:unrelated:Component"), custom=False)

__all__ = [
    "GONE", "STACK", "added", "changed", "edited", "findings_of", "four_cases", "made", "resource_of", "stack_of",
    "unprotected", "without",
]  # fmt: skip
