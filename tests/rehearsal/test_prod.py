"""`prod`, brought up by runs that are killed: however they end, the last one has all of it, and each thing once."""

import json
import os
import random
import subprocess
import sys
import time

import pytest

from infra.settings import ROOT
from tests.golden.inventory import listed
from tests.rehearsal.stack import Rehearsed

pytestmark = pytest.mark.timeout(3600)
KILLS = 10
SEED = 5
"""Of the points at which runs are killed; another one is another test, and has to pass as well."""


def test_a_stack_whose_runs_are_killed_comes_up_the_same(prod: Rehearsed) -> None:
    """Eight times engine and provider die at a call to the cloud, before or after it acted; twice at any moment later.

    Does not prove: a killed machine, whose file system may lose what the engine wrote last.
    """
    chance = random.Random(SEED)  # noqa: S311 - no secret
    for _ in range(KILLS - 2):
        moment = chance.choice(["before", "after"])
        prod.cloud(
            "fault", "*", "--call", "create", "--nth", str(chance.randint(3, 20)),
            "--action", "kill-engine", "--moment", moment,
        )  # fmt: skip
        said = prod.act("up", fails=True)
        assert "Duration:" not in said.stdout, "the engine came to an end of its own:\n" + said.stdout + said.stderr
        assert "lock" not in said.stderr
        prod.cloud("clear")
    for _ in range(2):
        _killed(prod, after=chance.uniform(15, 40))
    prod.act("up", timeout=1200)

    assert prod.registered() == listed("prod")
    prod.act("pulumi", "preview", "--expect-no-changes")
    prod.act("smoke")
    prod.act("secrets")


def test_nothing_was_made_twice(prod: Rehearsed) -> None:
    """What has a name of its own is in the cloud once; docs/runbooks says what may be there twice after a kill."""
    shown = json.loads(prod.cloud("leftovers", "--json", fails=True))["left"]
    urns = [entry["urn"] for entry in shown if entry["urn"].startswith("urn:pulumi:prod::")]
    twice = {urn for urn in urns if urns.count(urn) > 1}
    named = {urn for urn in twice if not _named_by_google(urn)}
    assert named == set()


def _named_by_google(urn: str) -> bool:
    return "gcp:monitoring/" in urn or "gcp:billing/" in urn or "gcp:cloudbuild/trigger" in urn


def test_it_goes_as_well(prod: Rehearsed) -> None:
    prod.act("down", UNPROTECT="yes", timeout=900)
    assert list(prod.resources()) == []


def _killed(stack: Rehearsed, *, after: float) -> None:
    """A run whose engine is killed some seconds after it began."""
    run = subprocess.Popen(
        [sys.executable, "-m", "local.rehearsal.act", "up", stack.name],
        cwd=ROOT, env={**os.environ, **stack.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(after)
    subprocess.run(["pkill", "--signal", "KILL", "--parent", str(run.pid)], check=False)
    run.wait(timeout=120)
