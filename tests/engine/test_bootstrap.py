"""`make bootstrap` with the real engine: its state moves, is found again, survives kills, and has no secret in plain.

The emulated provider makes the bucket, and a folder stands for it. That a bucket of GCS is reached is not proven here.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import state
from local.paths import REPOSITORY
from local.rehearsal.overlay import ONLY_THE_USER_KNOWS
from local.workspace import backend_in, common_environment, engine_path

pytestmark = pytest.mark.timeout(900)
RING = "gcp:kms/keyRing:KeyRing"
BUCKET = "gcp:storage/bucket:Bucket"
SECRET = "gcp:secretmanager/secret:Secret"
# In a process of its own, as `make bootstrap` is: the Automation API leaves event loops and sockets behind.
COMMAND = """
import os, sys
from infra.settings_models import StackSettings
from local import bootstrap
from tests.unit.infra.recorder import rehearsed_values
bootstrap._PAUSE_SECONDS = 0
sys.exit(bootstrap.run("dev", StackSettings.model_validate(rehearsed_values("dev")), dict(os.environ)))
"""


class Machine:
    """A person's machine, and the cloud and the bucket that all of them share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            **common_environment(),
            "PATH": engine_path(REPOSITORY / "local" / "gcp" / "bin"),
            "PULUMI_BACKEND_URL": backend_in(folder / "bucket"),
            "PULUMI_CONFIG_PASSPHRASE": "of a test",
            "A_TU_MANO_STATE": str(folder / "machine"),
            "A_TU_MANO_GCP": str(folder / "gcp"),
        }
        self.gcp("billing-account", ONLY_THE_USER_KNOWS["project"]["billingAccount"])

    def gcp(self, *arguments: str) -> None:
        """Do something to the cloud behind the engine's back."""
        command = [sys.executable, "-m", "local.gcp", *arguments]
        subprocess.run(command, cwd=REPOSITORY, env=self.environment, check=True)

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """`make bootstrap STACK=dev`."""
        environment = {**self.environment, **variables}
        command = [sys.executable, "-c", COMMAND]
        return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)

    def succeed(self, **variables: str) -> str:
        """The same, which has to come out right; returns what it printed."""
        done = self.run(**variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tokens(self, *lines: str) -> str:
        """A file of tokens."""
        file = self.folder / "tokens"
        file.touch(mode=0o600)
        file.write_text("\n".join(lines), encoding="utf-8")
        return str(file)

    def versions(self) -> dict[str, Any]:
        """Id of each secret's version, as the state in the bucket has it."""
        [file] = (self.folder / "bucket" / ".pulumi" / "stacks").rglob("dev-state.json")
        resources = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]["resources"]
        versions = [resource for resource in resources if resource["type"].endswith(":SecretVersion")]
        return {version["urn"].split("::")[-1]: version["id"] for version in versions}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_from_nothing_to_another_machine_and_another_token(machine: Machine) -> None:
    said = machine.succeed(BITBUCKET_TOKENS=machine.tokens("authorizer=token-of-one", "read=token-of-two"))
    assert "bitbucket-read created" in said
    kept = [path for place in ("machine", "bucket") for path in (machine.folder / place).rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert b"token-of-" not in path.read_bytes(), path
    assert "token-of-" not in said
    assert not list((machine.folder / "machine").rglob("first"))

    before = machine.versions()
    assert set(before) == {state.ROOT, *state.BITBUCKET}
    shutil.rmtree(machine.folder / "machine")
    again = machine.succeed()
    assert "unchanged" in again
    assert not [word for word in ("created", "updated", "replaced", "deleted") if word in again]

    machine.succeed(BITBUCKET_TOKENS=machine.tokens("read=token-of-three"))
    after = machine.versions()
    assert {name for name in before if before[name] != after[name]} == {state.READER}


def test_killed_runs_go_on_where_they_stopped(machine: Machine) -> None:
    """Each is killed when the cloud has made a resource, and before the engine knows."""
    for kind in (BUCKET, SECRET):
        machine.gcp("fault", "--call", "create", "--moment", "after", "--action", "kill-engine", kind)
        assert machine.run().returncode == 1
    machine.succeed()
    assert set(machine.versions()) == {state.ROOT, *state.BITBUCKET}


def test_what_google_does_not_know_yet_is_tried_again_and_the_rest_is_told(machine: Machine) -> None:
    refused = ("fault", "--call", "create", "--status", "403", "--message")
    machine.gcp(*refused, "Cloud KMS API has not been used in project 1 before or it is disabled.", RING)
    machine.gcp(*refused, "The caller does not have permission", SECRET)
    done = machine.run()
    assert done.returncode == 1
    assert "again in" in done.stdout
    assert "secretmanager:Secret" in done.stderr
    assert "make doctor STACK=dev" in done.stderr
