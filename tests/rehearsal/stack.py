"""A rehearsed stack as the tests handle it: by the commands that a person has."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import ROOT


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """One stack in the rehearsals' place."""

    name: str
    environment: Mapping[str, str]
    state: Path

    def act(
        self, name: str, *arguments: str, fails: bool = False, timeout: float = 600, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """One act of the rehearsal; the test fails with its output unless it ends as expected."""
        return self.run(
            sys.executable, "-m", "local.rehearsal.act", name, self.name, *arguments,
            fails=fails, timeout=timeout, **variables,
        )  # fmt: skip

    def cloud(self, *arguments: str, fails: bool = False) -> str:
        """A command on the emulated cloud, behind the engine's back."""
        command = (sys.executable, "-m", "local.gcp", *arguments)
        return self.run(*command, fails=fails, A_TU_MANO_GCP=str(self.state / "gcp")).stdout

    def run(
        self, *command: str, fails: bool = False, timeout: float = 600, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the repository, with more variables."""
        environment = {**os.environ, **self.environment, **variables}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        if (done.returncode != 0) != fails:
            pytest.fail(
                f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
            )
        return done

    def settings(self, folder: Path, change: Mapping[str, Any]) -> str:
        """A settings file in which keys of the section `gcp` are changed, e.g. {"budget": {"amount": 1}}; its path."""
        document = yaml.safe_load((ROOT / f"stacks/Pulumi.{self.name}.yaml").read_text(encoding="utf-8"))
        _merge(document["config"]["a-tu-mano:gcp"], change)
        file = folder / f"Pulumi.{self.name}.yaml"
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        return str(file)

    def resources(self) -> dict[str, dict[str, Any]]:
        """What the state has, by URN; secrets are as encrypted as they are kept."""
        exported = self.act("pulumi", "stack", "export").stdout
        return {entry["urn"]: entry for entry in json.loads(exported)["deployment"].get("resources", [])}

    def registered(self) -> set[str]:
        """`<type> <logical name>` of what the state has, without what the engine adds by itself."""
        found = {f"{urn.split('::')[2].rpartition('$')[2]} {urn.split('::')[3]}" for urn in self.resources()}
        return {name for name in found if not name.startswith(("pulumi:pulumi:Stack ", "pulumi:providers:gcp default"))}


def _merge(into: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
