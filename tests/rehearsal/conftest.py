"""The rehearsals of the test run: their own state, network and ports, and nothing left of them at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import ROOT
from tests.rehearsal.stack import Rehearsed

KEEP = "A_TU_MANO_E2E_KEEP"
"""Set to keep the rehearsal for the next run, while writing tests."""
STATE = Path("/var/tmp/a-tu-mano-rehearsal")  # noqa: S108 - root's own, mode 0700
ENVIRONMENT = {
    "A_TU_MANO_REHEARSAL_STATE": str(STATE),
    "A_TU_MANO_REHEARSAL_NETWORK": "10.94.0.0/16",
    "A_TU_MANO_REHEARSAL_HTTP_PORT": "18094",
    "A_TU_MANO_REHEARSAL_HTTPS_PORT": "18494",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without root there is no node; that is the one reason to skip, and it is said loudly."""
    if os.geteuid() == 0:
        return
    reason = "NOT TESTED: the rehearsals start a Kubernetes node, which only root may. Run `make test` as root."
    sys.stderr.write(f"\n{'!' * 100}\n{reason}\n{'!' * 100}\n")
    for item in items:
        if "tests/rehearsal/" in str(item.path):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def place() -> Iterator[None]:
    """Cluster and cloud of the rehearsals, gone after the last test."""
    yield
    if KEEP not in os.environ:
        Rehearsed(name="dev", environment=ENVIRONMENT, state=STATE).act("close")
        left = subprocess.run(
            [sys.executable, "-m", "local.cluster", "leftovers"],
            cwd=ROOT, env={**os.environ, "A_TU_MANO_STATE": str(STATE), "A_TU_MANO_NETWORK": "10.94.0.0/16"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert left.returncode == 0, f"the rehearsals left:\n{left.stdout}"
        assert not STATE.exists()


@pytest.fixture(scope="session")
def dev(place: None) -> Rehearsed:
    """The stack `dev`, brought up from nothing by `make rehearse` and kept."""
    stack = Rehearsed(name="dev", environment=ENVIRONMENT, state=STATE)
    if KEEP not in os.environ or not (STATE / "dev" / "bucket").exists():
        stack.run("make", "rehearse", "STACK=dev", timeout=3000, KEEP="yes")
    return stack


@pytest.fixture(scope="session")
def prod(place: None) -> Rehearsed:
    """The stack `prod`, of which nothing is there yet but the place of its state."""
    stack = Rehearsed(name="prod", environment=ENVIRONMENT, state=STATE)
    for act in ("world", "cluster", "images", "bootstrap"):
        stack.act(act)
    return stack
