"""Whether the API server's admission would take the pods of a stack in the namespaces they are made in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from policies.capture import Capture, Resource, UnknownValueError
from policies.manifests import versions
from policies.manifests.pod import Pod
from policies.manifests.standards import STANDARDS, Standard, asked
from policies.model import STACK, Check, Finding, Judge, Status
from policies.pods import TEMPLATES

_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = "pod-security.kubernetes.io/enforce-version"
_REASONS: Final = {
    "baseline": "What it forbids is known to let a pod out of its container; the API server refuses the pod.",
    "restricted": "What it asks bounds what an attacker in a container can do; the API server refuses the pod.",
}


def check_of(standard: Standard) -> Check:
    """The check a standard is."""
    return Check(
        id=standard.id,
        judge=Judge.MANIFEST,
        title=standard.title,
        severity=standard.severity,
        reason=_REASONS[standard.level],
        fix="Change what the finding names; infra/components/pods.py has what the stack's pods have in common.",
        controls=(f"pss:{standard.level}", *_CONTROLS.get(standard.id, ())),
    )


_CONTROLS: Final = {"pss-baseline-host-process": ("cis-k8s:5.2.10",)}
CHECKS: Final = tuple(map(check_of, STANDARDS))


def judge(capture: Capture, minors: tuple[int, ...]) -> Iterator[Finding]:
    """A finding for each check on each workload; of a check that concerns none, one of the stack."""
    namespaces = capture.of(_NAMESPACE)
    concerned: set[str] = set()
    for resource in capture.of(*TEMPLATES):
        for finding in _judged(resource, namespaces, minors):
            concerned.add(finding.check)
            yield finding
    for standard in STANDARDS:
        if standard.id not in concerned:
            yield Finding(check=standard.id, status=Status.NOT_APPLICABLE, resource=STACK, message=_why(standard))


def _judged(resource: Resource, namespaces: list[Resource], minors: tuple[int, ...]) -> Iterator[Finding]:
    blank = Finding(check="", status=Status.COMPLIANT, resource=resource.urn, file=resource.file, line=resource.line)
    try:
        levels = _levels(resource, namespaces, minors)
        unknown = "" if levels else "The stack does not make its namespace, so what that enforces is not known here."
    except UnknownValueError as error:
        levels, unknown = {}, f"{error}, and with it what its namespace enforces."
    if unknown:
        yield from (
            replace(blank, check=standard.id, status=Status.NOT_EVALUATED, message=unknown) for standard in STANDARDS
        )
    for standard in STANDARDS:
        ways = [(minor, level) for minor, level in levels.items() if standard in asked(level, minor)]
        if ways:
            yield _found(replace(blank, check=standard.id), standard, resource, tuple(minor for minor, _ in ways))


def _levels(resource: Resource, namespaces: list[Resource], minors: tuple[int, ...]) -> Mapping[int, str]:
    """In the way of which versions the pod is asked, and at which level; empty where its namespace is not the stack's.

    A server asks in no way that is newer than itself.
    """
    where = resource.get("metadata.namespace", "default")
    for namespace in namespaces:
        if namespace.get("metadata.name") == where:
            labels = namespace.get("metadata.labels", {})
            named = re.fullmatch(r"v1\.(\d+)", labels.get(_VERSION, "latest"))
            return {min(minor, int(named[1])) if named else minor: labels.get(_ENFORCE, "") for minor in minors}
    return {}


def _found(blank: Finding, standard: Standard, resource: Resource, minors: tuple[int, ...]) -> Finding:
    wrong: dict[str, list[int]] = {}
    try:
        for _, alike in groupby(minors, standard.way):
            same = [*alike]
            for path in standard.broken(Pod(resource, same[0])):
                wrong.setdefault(f"{TEMPLATES[resource.type]}{path}", []).extend(same)
    except UnknownValueError as error:
        return replace(blank, status=Status.NOT_EVALUATED, message=f"{error}.", property_path=error.path)
    if not wrong:
        return blank
    paths = ", ".join(f"`{path}`" for path in wrong)
    some = tuple(sorted({minor for found in wrong.values() for minor in found}))
    when = "" if some == minors else f" in the way of Kubernetes {versions.shown(some)}"
    message = f"{standard.level} does not allow {paths}{when}: {standard.reason}."
    return replace(blank, status=Status.VIOLATED, message=message, property_path=next(iter(wrong)))


def _why(standard: Standard) -> str:
    stricter = [other.id for other in STANDARDS if standard.id in other.instead_of]
    if stricter:
        return f"No namespace with pods enforces {standard.level} without {stricter[0]}, which asks for more."
    return f"No namespace with pods enforces {standard.level}."
