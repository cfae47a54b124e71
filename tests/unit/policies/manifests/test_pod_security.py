"""What our judge says of a pod is what the API server's admission does; see tests/pod_security.py."""

from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.manifests import pod_security
from policies.manifests.pod import Pod
from policies.manifests.standards import STANDARDS, Standard, asked
from policies.model import Finding, Status
from policies.pods import POD, TEMPLATES
from tests.pod_security import CASES, Case, bare_pod
from tests.unit.policies.rules.cases import edited, made, stack_of

NAMESPACE = "kubernetes:core/v1:Namespace"
LEVEL = "pod-security.kubernetes.io/enforce"
NOW = (36,)


def namespace(level: str | None = "restricted", version: str = "v1.36") -> Resource:
    labels = {LEVEL: level, f"{LEVEL}-version": version} if level else {}
    return made(NAMESPACE, "shop", metadata={"name": "shop", "labels": labels})


def found(*resources: Resource, minors: tuple[int, ...] = NOW) -> dict[str, Finding]:
    return {finding.check: finding for finding in pod_security.judge(stack_of(*resources), minors)}


def statuses(*resources: Resource, minors: tuple[int, ...] = NOW) -> dict[str, Status]:
    return {check: finding.status for check, finding in found(*resources, minors=minors).items()}


def violated(*resources: Resource, minors: tuple[int, ...] = NOW) -> set[str]:
    return {check for check, status in statuses(*resources, minors=minors).items() if status is Status.VIOLATED}


def pod(case: str | None = None) -> Resource:
    cases = {one.name: one for one in CASES}
    return made(POD, **cases[case].pod() if case else bare_pod("pod", "shop", "localhost/none:1", {}, ["true"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pod_breaks_what_the_api_server_says_it_breaks(case: Case) -> None:
    assert violated(made(POD, **case.pod()), namespace()) == case.broken


@pytest.mark.parametrize("type_", sorted(set(TEMPLATES) - {POD}))
@pytest.mark.parametrize("case", ["as it is", "root", "the node's network", "AppArmor off by annotation"])
def test_whatever_runs_pods_is_asked_the_same(type_: str, case: str) -> None:
    body = next(one for one in CASES if one.name == case).pod()
    template: dict[str, Any] = {"spec": body["spec"], "metadata": body["metadata"]}
    for step in reversed(TEMPLATES[type_].strip(".").split(".")):
        template = {step: template}
    judged = made(type_, metadata={"name": "pod", "namespace": "shop"}, **template)
    assert violated(judged, namespace()) == violated(pod(case), namespace())


def test_a_container_that_is_added_later_is_asked_too() -> None:
    """Which the API server asks when it is added, so that no pod can be made with one."""
    later = edited(pod(), {"spec.ephemeralContainers": [{"name": "look", "image": "localhost/none:1"}]})
    assert violated(later, namespace()) == {"pss-restricted-privilege-escalation", "pss-restricted-capabilities"}


@pytest.mark.parametrize(
    ("case", "broken"),
    [
        ("a usual capability", set()),
        ("a capability that is not usual", {"pss-baseline-capabilities"}),
        ("a folder of the node", {"pss-baseline-host-paths"}),
        ("/proc unmasked", set()),
        ("seccomp off", {"pss-baseline-seccomp"}),
        ("root", set()),
    ],
)
def test_the_lower_level_asks_less(case: str, broken: set[str]) -> None:
    assert violated(pod(case), namespace("baseline")) == broken


@pytest.mark.parametrize(("case", "since"), [("a probe of another host", 34), ("a safe setting of the kernel", 32)])
def test_what_is_asked_depends_on_the_version(case: str, since: int) -> None:
    before, from_then = (bool(violated(pod(case), namespace(version=f"v1.{minor}"))) for minor in (since - 1, since))
    assert before is not from_then


@pytest.mark.parametrize("minor", [34, 35])
def test_user_namespaces_count_since_1_35(minor: int) -> None:
    broken = violated(pod("root of a user namespace"), namespace(version="latest"), minors=(minor,))
    assert bool(broken) is (minor == 34)


def test_a_server_asks_in_no_way_that_is_newer_than_itself() -> None:
    both = (pod("root of a user namespace"), namespace())
    old, new = (found(*both, minors=minors)["pss-restricted-non-root"] for minors in ((34, 37), (37,)))
    assert (old.status, new.status) == (Status.VIOLATED, Status.COMPLIANT)
    assert old.message.endswith("in the way of Kubernetes 1.34: runAsNonRoot != true.")


def test_a_finding_names_what_breaks_it() -> None:
    finding = found(pod("root"), namespace())["pss-restricted-root-user"]
    assert finding.message == "restricted does not allow `spec.securityContext.runAsUser`: runAsUser=0."
    assert finding.property_path == "spec.securityContext.runAsUser"


def test_what_a_stricter_check_asks_is_not_asked_twice() -> None:
    finding = found(pod(), namespace())["pss-baseline-capabilities"]
    assert finding.status is Status.NOT_APPLICABLE
    assert "pss-restricted-capabilities" in finding.message


def test_a_namespace_that_enforces_nothing_asks_nothing() -> None:
    assert set(statuses(pod("root"), namespace(None)).values()) == {Status.NOT_APPLICABLE}


@pytest.mark.parametrize(
    "others",
    [
        [],
        [made(NAMESPACE, "other", metadata={"name": "other", "labels": {LEVEL: "restricted"}})],
        [made(NAMESPACE, "shop", metadata={"name": UNKNOWN, "labels": {LEVEL: "restricted"}})],
        [made(NAMESPACE, "shop", metadata={"name": "shop", "labels": {LEVEL: UNKNOWN}})],
    ],
)
def test_what_an_unknown_namespace_enforces_is_not_evaluated(others: list[Resource]) -> None:
    assert set(statuses(pod(), *others).values()) == {Status.NOT_EVALUATED}


def test_nothing_is_compliant_that_is_not_known() -> None:
    hidden = statuses(edited(pod(), {"spec": UNKNOWN}), namespace())
    assert set(hidden.values()) == {Status.NOT_EVALUATED, Status.NOT_APPLICABLE}
    unasked = {check for check, status in hidden.items() if status is Status.NOT_APPLICABLE}
    assert unasked == {standard.id for standard in STANDARDS} - {one.id for one in asked("restricted", 36)}


@pytest.mark.parametrize(
    ("path", "checks"),
    [
        ("spec.hostPID", {"pss-baseline-host-namespaces"}),
        ("spec.volumes", {"pss-restricted-volumes"}),
        ("spec.containers[0].ports", {"pss-baseline-host-ports"}),
        ("spec.containers[0].livenessProbe", {"pss-baseline-hosts"}),
        ("spec.containers[0].securityContext.privileged", {"pss-baseline-privileged"}),
        ("spec.securityContext.runAsUser", {"pss-restricted-root-user"}),
        ("spec.containers[0].image", set()),
    ],
)
def test_only_what_an_unknown_value_decides_is_not_evaluated(path: str, checks: set[str]) -> None:
    known = statuses(edited(pod(), {path: UNKNOWN}), namespace())
    assert {check for check, status in known.items() if status is Status.NOT_EVALUATED} == checks


def test_the_committed_stacks_conform(prod: Capture, dev: Capture, local: Capture) -> None:
    for capture in (prod, dev, local):
        findings = list(pod_security.judge(capture, NOW))
        assert {finding.status for finding in findings} == {Status.COMPLIANT, Status.NOT_APPLICABLE}
        workloads = len(capture.of(*TEMPLATES))
        assert sum(finding.status is Status.COMPLIANT for finding in findings) == workloads * len(
            asked("restricted", 36)
        )


def test_every_check_is_said_of_something(prod: Capture) -> None:
    assert {finding.check for finding in pod_security.judge(prod, NOW)} == {standard.id for standard in STANDARDS}


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda standard: standard.id)
def test_a_check_says_in_which_versions_it_changed(standard: Standard) -> None:
    """It is asked once of versions that ask in the same way."""
    for case in CASES:
        answers = {minor: bool([*standard.broken(Pod(made(POD, **case.pod()), minor))]) for minor in range(25, 40)}
        for minor, answer in answers.items():
            assert answer is answers[max(standard.way(minor), 25)], (case.name, minor)
