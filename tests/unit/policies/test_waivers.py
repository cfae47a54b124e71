"""Waivers: what is accepted, until when, and what is wrong with them."""

from datetime import date
from pathlib import Path

import pytest

from policies import rules
from policies.capture import Capture
from policies.model import Finding, Status
from policies.waivers import Waiver, WaiverError, apply, crossguard_config, load

TODAY = date(2026, 11, 25)
URN = "urn:pulumi:dev::a-tu-mano::a:b:C$gcp:container/cluster:Cluster::cluster"
BROKEN = Finding(check="gke-regional", status=Status.VIOLATED, resource=URN, message="It is zonal.")


def waiver(**more: object) -> Waiver:
    values: dict[str, object] = {
        "id": "W-001", "check": "gke-regional", "resource": "gcp:container/cluster:Cluster cluster", "stacks": ("dev",),
        "reason": "The test environment may be away.", "owner": "platform team", "expires": date(2027, 5, 31), **more,
    }  # fmt: skip
    return Waiver(**values)  # type: ignore[arg-type]


def test_a_violation_that_it_covers_is_waived_and_nothing_else() -> None:
    other = Finding(check="gke-regional", status=Status.VIOLATED, resource=f"{URN}-2")
    fine = Finding(check="gke-regional", status=Status.COMPLIANT, resource=URN)
    found, problems = apply([BROKEN, other, fine], [waiver()], "dev", {"gke-regional"}, TODAY)
    assert [finding.status for finding in found] == [Status.WAIVED, Status.VIOLATED, Status.COMPLIANT]
    assert found[0].waiver == "W-001"
    assert problems == []


def test_a_pattern_covers_several() -> None:
    findings = [BROKEN, Finding(check="gke-regional", status=Status.VIOLATED, resource=f"{URN}-2")]
    found, _ = apply(findings, [waiver(resource="gcp:container/cluster:Cluster *")], "dev", {"gke-regional"}, TODAY)
    assert {finding.status for finding in found} == {Status.WAIVED}


def test_a_waiver_of_another_stack_does_nothing_and_is_no_problem() -> None:
    found, problems = apply([BROKEN], [waiver()], "prod", {"gke-regional"}, TODAY)
    assert (found, problems) == ([BROKEN], [])


def test_it_counts_on_its_last_day_and_not_after() -> None:
    last = [waiver(expires=TODAY)]
    assert apply([BROKEN], last, "dev", {"gke-regional"}, TODAY)[0][0].status is Status.WAIVED
    found, [problem] = apply([BROKEN], last, "dev", {"gke-regional"}, date(2026, 11, 26))
    assert found == [BROKEN]
    assert problem.startswith("W-001 expired on 2026-11-25: `gke-regional`")
    assert problem.endswith("let platform team say until when it is accepted.")


def test_one_that_has_expired_is_replaced_by_another() -> None:
    old, new = waiver(expires=date(2026, 1, 1)), waiver(id="W-002")
    for waivers in ([old, new], [new, old]):
        [found], [problem] = apply([BROKEN], waivers, "dev", {"gke-regional"}, TODAY)
        assert (found.status, found.waiver) == (Status.WAIVED, "W-002")
        assert problem.startswith("W-001 waives `gke-regional`")
        assert "waived by another" in problem


def test_one_that_is_not_used_or_of_no_check_is_a_problem() -> None:
    fine = Finding(check="gke-regional", status=Status.COMPLIANT, resource=URN)
    _, [unused] = apply([fine], [waiver()], "dev", {"gke-regional"}, TODAY)
    assert "which is not violated" in unused
    _, [unknown] = apply([BROKEN], [waiver(check="gke-rejional")], "dev", {"gke-regional"}, TODAY)
    assert "which is no check" in unknown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- {id: W-1}", "'W-1'|required"),
        ("{}", "not of type 'array'"),
        ("[", "is not YAML"),
        (
            "- {id: W-001, check: a, resource: b, stacks: [dev], reason: too short, owner: me, expires: 2027-01-01}",
            "short",
        ),
        (
            "- {id: W-001, check: a, resource: b, stacks: [dev], reason: long enough for a reason, owner: me, "
            "expires: 2027-13-01}",
            "is no day",
        ),
        (
            "- &a {id: W-001, check: a, resource: b, stacks: [dev], reason: long enough for a reason, owner: me, "
            "expires: 2027-01-01}\n- *a",
            "W-001: it is there 2 times",
        ),
        (
            "- {id: W-001, check: a, resource: b, stacks: [dev], reason: long enough for a reason, owner: me, "
            "expires: 2027-01-01, until: x}",
            "'until' was unexpected",
        ),
        (
            "- {id: W-001, check: a, resource: b, stacks: [dev, stagin], reason: long enough for a reason, owner: me, "
            "expires: 2027-01-01}",
            "W-001: there is no stack stagin; one of dev, local, prod",
        ),
    ],
)
def test_a_file_of_another_form_is_refused_in_a_sentence(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(content)
    with pytest.raises(WaiverError, match=said):
        load(file)
    with pytest.raises(WaiverError, match="can't be read"):
        load(tmp_path / "missing.yaml")


def test_the_committed_file_is_in_order() -> None:
    waivers = load()
    assert len({waiver.id for waiver in waivers}) == len(waivers)
    assert all(waiver.expires <= date(2027, 11, 25) for waiver in waivers), "a year is long enough"


def test_the_gate_gets_exceptions_by_exact_urn(dev: Capture) -> None:
    accepted = waiver(resource="gcp:container/cluster:Cluster cluster")
    verdicts = rules.judge(dev)
    findings, problems = apply(
        verdicts.findings, [accepted], "dev", {check.id for check in verdicts.checks}, TODAY
    )  # fmt: skip
    assert problems == []
    [cluster] = dev.of("gcp:container/cluster:Cluster")
    found = crossguard_config(findings, [accepted], dev)
    assert found["exceptions"] == {
        "W-001": {
            "reason": "The test environment may be away. (platform team, until 2027-05-31)",
            "match": [{"policies": ["gke-regional"], "targets": [cluster.urn]}],
        }
    }
