"""A Service leads to pods."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.workload._pods import SERVERS, SERVICE, containers, named, namespace
from policies.rules.workload._selecting import Workloads


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """One workload of its namespace, and ports it has. A Service without a selector is led by hand."""
    workloads = Workloads(capture.of(*SERVERS))
    for service in capture.of(SERVICE):
        selector = service.get("spec.selector")
        if not selector:
            continue
        found = workloads.with_labels(namespace(service), selector)
        if len(found) == 1:
            yield from _ports(service, found[0])
        else:
            message = f"{len(found)} workloads have the labels it selects; one has to."
            yield Violation(message, "spec.selector", service)


def _ports(service: Resource, workload: Resource) -> Iterator[Violation]:
    there = {
        value
        for path in containers(workload, "containers")
        for port in each(workload, f"{path}.ports")
        for value in (workload.get(f"{port}.name"), workload.get(f"{port}.containerPort"))
    }
    for port in each(service, "spec.ports"):
        target = service.get(f"{port}.targetPort", service.get(f"{port}.port"))
        if target not in there:
            message = f"`{port}.targetPort` is {target}, which no container of {named(workload)} has."
            yield Violation(message, f"{port}.targetPort", service)


def subjects(capture: Capture) -> list[Resource]:
    """The stack's Services."""
    return capture.of(SERVICE)


RULE: Final = Rule(
    id="workload-service-target",
    title="Services select the pods and ports of a workload",
    severity=Severity.MEDIUM,
    reason="The API server takes a Service that leads nowhere, and whoever calls it waits.",
    fix="Let `selector` match the labels of the workload's pods and `targetPort` one of their ports.",
    controls=(),
    types=(SERVICE,),
    judge_stack=judge_stack,
    subjects=subjects,
)
