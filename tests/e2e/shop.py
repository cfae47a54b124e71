"""What the end-to-end tests do with a running shop."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop that `make up` brought up, and the environment in which its commands mean it."""

    repository: Path
    environment: Mapping[str, str]
    state: Path

    @property
    def kubeconfig(self) -> Path:
        """Admin access to its cluster."""
        return self.state / "cluster" / "kubeconfig"

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each service is, as `make -s endpoints` tells."""
        return dict(json.loads(self.command(["make", "-s", "endpoints"]).stdout))

    def command(
        self, command: Sequence[str], *, timeout: float = 600, fails: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the repository; the test fails with its output unless it ends as expected."""
        done = subprocess.run(
            command,
            cwd=self.repository,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if (done.returncode != 0) != fails:
            pytest.fail(
                f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
            )
        return done
