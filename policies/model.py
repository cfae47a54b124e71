"""What every judge speaks: a check and what it asks, a finding and what was found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from policies.capture import Capture, Resource, UnknownValueError


class Severity(StrEnum):
    """How bad a violation is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


class Status(StrEnum):
    """What becomes of one check on one resource."""

    COMPLIANT = "compliant"
    VIOLATED = "violated"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"
    NOT_EVALUATED = "not evaluated"


class Judge(StrEnum):
    """Who checked."""

    RULE = "rule"
    """A rule of the CrossGuard pack."""
    CHECKOV = "checkov"
    MANIFEST = "manifest"
    """Kubernetes' own schemas and Pod Security standards."""
    COST = "cost"


class Worth(StrEnum):
    """What a pass of a check says."""

    SOUND = "sound"
    VACUOUS = "vacuous"
    """It also passes where what it asks for is not there."""
    WRONG = "wrong"
    """It asks for what is not needed, or fails what is right."""
    DEAD = "dead"
    """It can't come to a result any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that is asked of resources."""

    id: str
    """E.g. "gke-private-nodes" (a rule) or "CKV_GCP_64" (checkov)."""
    judge: Judge
    title: str
    """What is required, one line, e.g. "Nodes have no public address"."""
    severity: Severity
    reason: str
    """Why it is required, one or two sentences."""
    fix: str
    """What to do where it does not hold, one sentence that names the setting or property."""
    controls: tuple[str, ...] = ()
    """`<catalogue>:<number>` of policies/controls, e.g. "cis-gke:5.6.5", "cis-k8s:5.2.2", "pss:restricted"."""
    worth: Worth = Worth.SOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A check and a resource."""

    check: str
    """Id of the check."""
    status: Status
    resource: str
    """URN; for a file of the repository its path; `stack` for what concerns all of it."""
    message: str = ""
    """What was found, a sentence; empty where it is compliant."""
    property_path: str | None = None
    """Path of the property that decided."""
    file: str | None = None
    line: int | None = None
    waiver: str | None = None
    """Id of the waiver, where it is waived."""

    @property
    def key(self) -> tuple[str, str]:
        """What the finding is of, the same from run to run."""
        return self.check, self.resource


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found wrong."""

    message: str
    """A sentence: what was found and what is required."""
    property_path: str | None = None
    resource: Resource | None = None
    """Which resource of the stack, for a rule that looks at all of it."""


class NotApplicableError(Exception):
    """The rule has nothing to ask of the resource; the message says why."""


T = TypeVar("T")
Found = Iterable[Violation]
STACK: Final = "stack"
"""`resource` of a finding that concerns the stack as a whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule of the pack: what is asked, and how it is judged.

    `judge` is given each resource of `types` in turn, `judge_stack` the capture once and names the resources itself.
    Both are pure. They read with `Resource.get`, which raises `UnknownValueError` for what is not known yet: the
    finding is then *not evaluated*, never compliant.
    """

    id: str
    title: str
    severity: Severity
    reason: str
    fix: str
    controls: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    judge: Callable[[Resource], Found] | None = None
    judge_stack: Callable[[Capture], Found] | None = None
    subjects: Callable[[Capture], Iterable[Resource]] | None = None
    """For `judge_stack`: what it answers for; each without a violation is compliant. None: the stack itself."""

    @property
    def check(self) -> Check:
        """The rule without its code."""
        return Check(
            id=self.id, judge=Judge.RULE, title=self.title, severity=self.severity, reason=self.reason, fix=self.fix,
            controls=self.controls,
        )  # fmt: skip


def evaluate(rule: Rule, capture: Capture) -> list[Finding]:
    """What a rule finds in a stack: one finding for each resource it concerns, and more where more is wrong with one.

    A rule that concerns none gives one finding, *not applicable*, of the stack.
    """
    if rule.judge is not None:
        found = [finding for resource in capture.of(*rule.types) for finding in judged(rule, resource)]
    else:
        found = _judged_whole(rule, capture)
    nothing = f"The stack has none of {', '.join(rule.types) or 'what it asks about'}."
    return found or [Finding(check=rule.id, status=Status.NOT_APPLICABLE, resource=STACK, message=nothing)]


def judged(rule: Rule, resource: Resource) -> list[Finding]:
    """What a rule finds in one resource; never empty."""
    assert rule.judge is not None  # noqa: S101 - the caller's to know
    blank = Finding(
        check=rule.id, status=Status.COMPLIANT, resource=resource.urn, file=resource.file, line=resource.line
    )
    try:
        violations, unknown = _until_unknown(rule.judge, resource)
    except NotApplicableError as error:
        return [replace(blank, status=Status.NOT_APPLICABLE, message=str(error))]
    return [_violated(blank, violation) for violation in violations] or [_unknown(blank, unknown) if unknown else blank]


def _until_unknown(judge: Callable[[T], Found], judged: T) -> tuple[list[Violation], UnknownValueError | None]:
    """What is violated as far as is known, and what stopped the judge, which may have found something before."""
    violations: list[Violation] = []
    try:
        violations.extend(judge(judged))
    except UnknownValueError as error:
        return violations, error
    return violations, None


def _judged_whole(rule: Rule, capture: Capture) -> list[Finding]:
    assert rule.judge_stack is not None  # noqa: S101 - a rule has one of the two
    try:
        subjects = [*rule.subjects(capture)] if rule.subjects else None
    except UnknownValueError as error:
        return [_unknown(_blank(rule, None), error)]
    if subjects == []:
        return []
    try:
        violations, unknown = _until_unknown(rule.judge_stack, capture)
    except NotApplicableError as error:
        return [Finding(check=rule.id, status=Status.NOT_APPLICABLE, resource=STACK, message=str(error))]
    wrong = {violation.resource.urn if violation.resource else STACK for violation in violations}
    found = [_violated(_blank(rule, violation.resource), violation) for violation in violations]
    others = [blank for blank in _blanks(rule, subjects) if blank.resource not in wrong]
    return found + [_unknown(blank, unknown) if unknown else blank for blank in others]


def _blanks(rule: Rule, subjects: Iterable[Resource] | None) -> Iterator[Finding]:
    yield from (_blank(rule, subject) for subject in (subjects if subjects is not None else [None]))


def _blank(rule: Rule, resource: Resource | None) -> Finding:
    if resource is None:
        return Finding(check=rule.id, status=Status.COMPLIANT, resource=STACK)
    return Finding(
        check=rule.id, status=Status.COMPLIANT, resource=resource.urn, file=resource.file, line=resource.line
    )


def _unknown(blank: Finding, error: UnknownValueError) -> Finding:
    return replace(blank, status=Status.NOT_EVALUATED, message=f"{error}.", property_path=error.path)


def _violated(blank: Finding, violation: Violation) -> Finding:
    return replace(blank, status=Status.VIOLATED, message=violation.message, property_path=violation.property_path)


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What one judge says of one stack."""

    checks: tuple[Check, ...]
    """Every check it knows, also those that found nothing to ask."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What a reader has to know to weigh it, one sentence each."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Figures of the run that are reported, e.g. {"resources judged": 243}."""
