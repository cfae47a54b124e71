"""The policy pack under the real engine, with the emulated GCP: `prod` passes, a broken stack does not, all is heard.

Does not prove: the official CLI's own Python host, which starts the pack as a folder; what it runs is started here.
"""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra import settings_file
from infra.settings import ROOT
from local import gate
from local.paths import BIN, PULUMI_HOME, VENV
from local.rehearsal.overlay import rehearsed
from local.rehearsal.stage import ACCEPTED
from local.workspace import Workspace
from policies import rules
from policies.capture import Capture
from policies.crossguard import answers
from policies.model import Finding, Status
from policies.sources import read
from policies.sources.program import capture
from tests.rehearsal.stack import Rehearsed

SERVICES = ("database", "frontend", "auth", "products", "orders")
BROKEN = {"budget": {"thresholds": [1.0]}, "network": {"flowLogs": None}}
"""Settings that break two rules."""
BREAKS = {"stack-budget-warns", "network-flow-logs"}


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """The stack `prod` in an empty cloud, with the place of its state and with images; there is no cluster."""
    state = tmp_path_factory.mktemp("rehearsal")
    stack = Rehearsed(name="prod", environment={"A_TU_MANO_REHEARSAL_STATE": str(state)}, state=state)
    for act in ("world", "bootstrap"):
        stack.act(act)
    (state / "images.json").write_text(json.dumps({name: f"localhost/{name}:1" for name in SERVICES}))
    return stack


def asked_for() -> Capture:
    where = settings_file.name_of("prod")
    images = {name: f"localhost/{name}:1" for name in SERVICES}
    return capture("prod", rehearsed(settings_file.read(ROOT / where, where)), images=images)


@dataclass(frozen=True)
class Run:
    """A preview with the pack."""

    code: int
    printed: str
    findings: list[Finding]


def previewed(stack: Rehearsed, folder: Path, *, waived: bool, **variables: str) -> Run:
    """A preview of the engine, with what is waived as exceptions, or with none."""
    log = folder / "events.json"
    work = Workspace(stack="prod", folder=folder, config=dict, environment={}, waivers=ACCEPTED)
    known = [*rules.judge(asked_for()).findings] if waived else []
    flags = [*gate.judged(work, known).flags(folder), "--event-log", str(log)]
    environment = {**os.environ, **stack.environment, **gate.LOGGED, **variables}
    command = [sys.executable, "-m", "local.rehearsal.act", "pulumi", "prod", "preview", "--color", "never", *flags]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240)
    return Run(done.returncode, done.stdout + done.stderr, answers.read(log))


def test_prod_passes_and_no_rule_is_unheard(prod: Rehearsed, tmp_path: Path) -> None:
    """What the engine heard of each rule is what the rules say of the program, as far as a first plan knows it."""
    run = previewed(prod, tmp_path, waived=True)
    assert run.code == 0, run.printed
    wanted = rules.judge(asked_for()).findings
    applicable = {finding.check for finding in wanted if finding.status is not Status.NOT_APPLICABLE}
    assert {finding.check for finding in run.findings} == applicable

    said = {finding.key: finding.status for finding in wanted}
    same = {Status.WAIVED: Status.VIOLATED}
    for finding in run.findings:
        if finding.status is not Status.NOT_EVALUATED and finding.key in said:
            assert same.get(finding.status, finding.status) == said[finding.key], finding
    violated = {key for key, status in said.items() if status is Status.VIOLATED}
    assert violated == {finding.key for finding in run.findings if finding.status is Status.WAIVED}
    assert [finding.waiver for finding in run.findings if finding.status is Status.WAIVED and not finding.waiver] == []


def test_the_engine_refuses_a_broken_stack(prod: Rehearsed, tmp_path: Path) -> None:
    run = previewed(prod, tmp_path, waived=True, A_TU_MANO_SETTINGS=prod.settings(tmp_path, BROKEN))
    assert run.code != 0
    assert {finding.check for finding in run.findings if finding.status is Status.VIOLATED} == BREAKS
    for rule in BREAKS:
        assert f"[mandatory] [severity: {_severity(rule)}]  {rule}" in " ".join(run.printed.split("\n")), run.printed


def _severity(rule: str) -> str:
    return next(one.severity.value for one in rules.RULES if one.id == rule)


def test_make_preview_and_make_up_refuse_it_before_anything_is_made(prod: Rehearsed, tmp_path: Path) -> None:
    broken = prod.settings(tmp_path, BROKEN)
    before = (prod.resources(), _cloud(prod))
    for act in ("preview", "up", "platform"):
        said = prod.act(act, fails=True, A_TU_MANO_SETTINGS=broken).stderr
        lines = [line for line in said.splitlines() if line.partition(":")[0] in BREAKS]
        assert {line.partition(":")[0] for line in lines} == BREAKS, said
        assert all("If that is accepted, name it in policies/waivers.yaml" in line for line in lines)
    assert (prod.resources(), _cloud(prod)) == before


def _cloud(stack: Rehearsed) -> Any:
    return json.loads(stack.cloud("show", "--json"))


def test_make_preview_lets_prod_pass(prod: Rehearsed) -> None:
    said = prod.act("preview").stdout
    assert f"{len(rules.RULES)} rules: " in said
    assert "violated" not in said


@pytest.mark.parametrize("waived", [False, True])
def test_a_state_is_judged_without_its_program(tmp_path: Path, *, waived: bool) -> None:
    """The engine says of a state what the rules say of it; with the exceptions of the waivers it passes."""
    file = tmp_path / "state.json"
    [kept] = (Path(__file__).parent / "states").glob("dev-*.json.gz")
    file.write_bytes(gzip.decompress(kept.read_bytes()))
    wanted = [*rules.judge(read(file)).findings]
    work = Workspace(stack="dev", folder=tmp_path, config=dict, environment={})
    flags = gate.judged(work, wanted if waived else []).flags(tmp_path)
    command = ["pulumi", "policy", "analyze", "--file", str(file), "--json", *flags]
    done = subprocess.run(command, env=_engine(tmp_path), capture_output=True, text=True, check=False, timeout=120)
    log = tmp_path / "events.json"
    log.write_text(done.stdout)
    status = Status.WAIVED if waived else Status.VIOLATED
    found = {finding.key for finding in answers.read(log) if finding.status is status}
    assert found == {finding.key for finding in wanted if finding.status is Status.VIOLATED}
    assert (done.returncode == 0) == waived, done.stdout + done.stderr


def _engine(folder: Path) -> Mapping[str, str]:
    return {
        **os.environ, "PATH": os.pathsep.join([str(VENV / "bin"), str(BIN), os.environ["PATH"]]),
        "PULUMI_HOME": str(PULUMI_HOME), "PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
    }  # fmt: skip


def test_the_pack_starts_as_the_official_host_starts_it() -> None:
    """As a folder, by the SDK's launcher, in the program's folder."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    with subprocess.Popen(command, cwd=ROOT / "infra", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        process.terminate()
