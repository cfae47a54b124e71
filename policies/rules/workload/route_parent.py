"""A route leads in by the stack's own Gateway."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, shown
from policies.rules.workload._edge import GATEWAY, ROUTE, parent
from policies.rules.workload._pods import named, namespace


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each parent is a Gateway of the stack and names a listener it has."""
    listeners = {
        (namespace(gateway), named(gateway), gateway.get(f"{path}.name"))
        for gateway in capture.of(GATEWAY)
        for path in each(gateway, "spec.listeners")
    }
    for route in capture.of(ROUTE):
        for path in each(route, "spec.parentRefs"):
            if parent(route, path) not in listeners:
                found = route.get(path)
                message = f"`{path}` is {shown(found)}; it has to name a listener of the stack's Gateway."
                yield Violation(message, path, route)


def subjects(capture: Capture) -> list[Resource]:
    """The stack's routes."""
    return capture.of(ROUTE)


RULE: Final = Rule(
    id="workload-route-parent",
    title="Routes attach to a listener of the stack's Gateway",
    severity=Severity.MEDIUM,
    reason="A route to no listener answers nobody; one without a listener's name also attaches to the one without TLS.",
    fix="Name the stack's Gateway, its namespace and a `sectionName` in `parentRefs`.",
    controls=(),
    types=(ROUTE,),
    judge_stack=judge_stack,
    subjects=subjects,
)
