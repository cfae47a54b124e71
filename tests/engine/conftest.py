"""The real engine on the real program, in a project folder and with a state of the test's own."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.openapi import SERVICES
from local.paths import BIN, PULUMI_HOME, REPOSITORY, VENV


@dataclass(frozen=True)
class Engine:
    """The Pulumi CLI in a project folder that has the repository's program, but a stack file to be spoilt."""

    project: Path
    environment: dict[str, str]

    @property
    def file(self) -> Path:
        """The stack's file."""
        return self.project / "stacks" / "Pulumi.local.yaml"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI on stack `local`; the exit code is the caller's to judge."""
        command = ["pulumi", *arguments, "--stack", "local", "--non-interactive", "--color", "never"]
        return subprocess.run(
            command, cwd=self.project, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def resources(self) -> list[str]:
        """Types of what the state knows."""
        deployment: dict[str, Any] = json.loads(self.run("stack", "export").stdout)["deployment"]
        return [resource["type"] for resource in deployment.get("resources", [])]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine, its stack made, its images named; there is no cluster, and nothing here may need one."""
    project = tmp_path_factory.mktemp("project")
    (project / "state").mkdir()
    (project / "stacks").mkdir()
    (project / "infra").symlink_to(REPOSITORY / "infra")
    shutil.copyfile(REPOSITORY / "Pulumi.yaml", project / "Pulumi.yaml")
    names = (*SERVICES, "database")
    (project / "images.json").write_text(json.dumps({name: f"localhost/{name}:1" for name in names}), encoding="utf-8")
    (project / "kubeconfig").write_text("apiVersion: v1\nkind: Config\n", encoding="utf-8")
    environment = os.environ | {
        "PATH": os.pathsep.join([str(VENV / "bin"), str(BIN), os.environ["PATH"]]),
        "PULUMI_HOME": str(PULUMI_HOME),
        "PULUMI_BACKEND_URL": (project / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "A_TU_MANO_IMAGES": str(project / "images.json"),
        "KUBECONFIG": str(project / "kubeconfig"),
    }
    made = Engine(project, environment)
    done = made.run("stack", "init")
    assert done.returncode == 0, done.stdout + done.stderr
    return made
