"""The gate: what it makes of what the rules say, and in which words it refuses."""

import json
from datetime import date
from pathlib import Path

import pytest

from local import gate
from local.workspace import StackError, Workspace
from policies.capture import name_of
from policies.model import STACK, Finding, Status
from policies.rules import RULES
from policies.waivers import Waiver, WaiverError

CLUSTER = "urn:pulumi:prod::a-tu-mano::a-tu-mano:gcp:Cluster$gcp:container/cluster:Cluster::cluster"
ONE, OTHER = RULES[0], RULES[1]


def workspace(*waivers: Waiver) -> Workspace:
    return Workspace(stack="prod", folder=Path("/nowhere"), config=dict, environment={}, waivers=waivers)


def waiver(resource: str = "*", expires: date = date.max) -> Waiver:
    return Waiver(id="W-1", check=ONE.id, resource=resource, stacks=("prod",), reason="R", owner="o", expires=expires)


def finding(status: Status = Status.VIOLATED, check: str = ONE.id, resource: str = CLUSTER) -> Finding:
    return Finding(check=check, status=status, resource=resource, message="It is off." if status != "compliant" else "")


@pytest.fixture(autouse=True)
def _no_waivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "load", lambda: ())


def test_a_refusal_says_rule_resource_what_was_found_what_to_do_and_how_to_accept_it() -> None:
    [said] = gate.judged(workspace(), [finding(), finding(Status.COMPLIANT, OTHER.id)]).refusals
    assert said == (
        f'{ONE.id}: gcp:container/cluster:Cluster "cluster": It is off. {ONE.fix} If that is accepted, name it in '
        "policies/waivers.yaml, with a reason, an owner and a date (docs/gate.md)."
    )
    assert "the stack: " in gate.sentence(finding(resource=STACK))


def test_what_is_waived_is_not_refused_and_is_an_exception_for_the_engine() -> None:
    judged = gate.judged(workspace(waiver("gcp:container/cluster:Cluster *")), [finding()])
    assert judged.refusals == []
    assert judged.config["exceptions"]["W-1"]["match"] == [{"policies": [ONE.id], "targets": [CLUSTER]}]


def test_a_waiver_of_another_resource_or_of_yesterday_lets_nothing_pass() -> None:
    for no_good in (waiver("gcp:container/cluster:Cluster other"), waiver(expires=date(2026, 1, 1))):
        judged = gate.judged(workspace(no_good), [finding()])
        assert len(judged.refusals) == 1
        assert judged.config["exceptions"] == {}


def test_what_can_not_be_judged_yet_is_not_refused_and_its_waiver_holds_in_the_run() -> None:
    judged = gate.judged(workspace(waiver()), [finding(Status.NOT_EVALUATED)])
    assert judged.refusals == []
    assert [one.status for one in judged.findings] == [Status.NOT_EVALUATED]
    assert "1 can't be judged yet" in judged.summary
    assert judged.config["exceptions"]["W-1"]["match"][0]["targets"] == [CLUSTER]


def test_a_rule_counts_with_the_worst_that_it_says() -> None:
    said = gate.judged(workspace(), [finding(Status.COMPLIANT), finding(), finding(Status.COMPLIANT, OTHER.id)]).summary
    assert said == f"{len(RULES)} rules: 1 hold, 1 violated, {len(RULES) - 2} concern nothing here"


def test_of_two_looks_the_one_that_knows_counts() -> None:
    other = "urn:pulumi:prod::a-tu-mano::t:i:T::other"
    planned = [finding(Status.NOT_EVALUATED), finding(resource=other)]
    asked_for = [finding(), finding(Status.COMPLIANT, resource=other)]
    for both in (gate.merged(planned, asked_for), gate.merged(asked_for, planned)):
        assert {(name_of(one.resource), one.status) for one in both} == {
            ("cluster", Status.VIOLATED),
            ("other", Status.VIOLATED),
        }


def test_a_file_of_waivers_that_can_not_be_read_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> tuple[Waiver, ...]:
        msg = "policies/waivers.yaml is not YAML. Correct it."
        raise WaiverError(msg)

    monkeypatch.setattr(gate, "load", broken)
    with pytest.raises(StackError, match="is not YAML"):
        gate.judged(workspace(), [])


def test_the_engine_is_given_the_pack_and_its_configuration(tmp_path: Path) -> None:
    flags = gate.judged(workspace(waiver()), [finding()]).flags(tmp_path)
    given = dict(zip(flags[::2], flags[1::2], strict=True))
    assert Path(given["--policy-pack"]).stat().st_mode & 0o111
    assert "W-1" in json.loads(Path(given["--policy-pack-config"]).read_text())["exceptions"]
    advice = gate.advice(tmp_path)
    assert json.loads(Path(advice[3]).read_text())["policies"] == {"all": "advisory"}


def test_what_the_engine_refused_in_a_run_is_told(tmp_path: Path) -> None:
    event = {"policyName": ONE.id, "policyPackName": "a-tu-mano", "message": f"{ONE.title}: It is off.\nFix."}
    log = tmp_path / "events.json"
    assert list(gate.refused(log)) == []
    log.write_text(json.dumps({"policyEvent": {**event, "resourceUrn": CLUSTER}}))
    assert list(gate.refused(log)) == [gate.sentence(finding())]
