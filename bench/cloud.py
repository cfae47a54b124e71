"""`pulumi preview --stack prod` with the emulated provider, against a flat program of the same resources.

Nothing is up: both previews start from an empty state and would create everything. The emulated cloud holds what `make
bootstrap` makes, because the program reads the root secret there; no cluster is needed for it.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from bench import recorded, usage
from bench.harness import Limit, Row, Sample, interleaved, judged, ratios
from bench.usage import Usage
from infra import settings_file
from local.paths import BYTECODE, REPOSITORY
from local.rehearsal.overlay import rehearsed
from local.rehearsal.place import CLOUD_VARIABLE
from local.workspace import CHANGES_NOTHING, Workspace

STACK: Final = "prod"
ROUNDS: Final = 7
PREVIEW: Final = Limit(must=1.3, aim=1.1, unit="x")
PROCESSOR: Final = Limit(must=2.5, aim=1.5, unit="x")
_NAMESPACE: Final = "a-tu-mano:"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with an emulated cloud in it."""

    home: Path
    environment: Mapping[str, str]
    """What the engine is run with."""
    _works: dict[str, Workspace] = field(default_factory=dict)

    def ours(self, name: str, config: Mapping[str, Any]) -> Callable[[], Usage]:
        """A preview of the program with these settings."""
        services = config[f"{_NAMESPACE}services"]
        images = self.home / name / "images.json"
        environment = {
            **self.environment,
            "A_TU_MANO_IMAGES": str(images),
            "PULUMI_BACKEND_URL": _backend(self.home / name),
        }
        images.write_text(json.dumps({each: f"localhost/a-tu-mano/{each}:1" for each in ("database", *services)}))
        self._works[name] = work = Workspace(
            stack=STACK, folder=self.home / name / "settings", config=lambda: config, environment=environment
        )
        work.init()
        return self._preview(work.command(["preview"]), REPOSITORY, environment)

    def with_arguments(self, name: str, *arguments: str) -> Callable[[], Usage]:
        """The preview that `ours` made by that name, with further arguments of the CLI."""
        work = self._works[name]
        return self._preview([*work.command(["preview"]), *arguments], REPOSITORY, work.environment)

    def flat(self, name: str) -> tuple[Callable[[], Usage], int]:
        """A preview of the flat program of what `ours` previews by that name, and how many resources that has."""
        environment = {**self.environment, "PULUMI_BACKEND_URL": _backend(self.home / f"{name}-flat")}
        program = self.home / f"{name}-flat" / "program"
        program.mkdir()
        runtime = {"name": "python", "options": {"virtualenv": str(REPOSITORY / ".venv")}}
        (program / "Pulumi.yaml").write_text(json.dumps({"name": "a-tu-mano", "runtime": runtime}), encoding="utf-8")
        number = recorded.write(program, self._steps(name))
        _run(["pulumi", "stack", "init", STACK], program, environment)
        return self._preview(["preview", "--stack", STACK, "--non-interactive"], program, environment), number

    def _steps(self, name: str) -> list[dict[str, Any]]:
        work = self._works[name]
        shown = work.checked(work.command(["preview", "--json", "--show-secrets"]))
        found: list[dict[str, Any]] = json.loads(shown)["steps"]
        return found

    def classes(self, name: str) -> list[str]:
        """Classes of the SDKs that the stack's resources are of."""
        return recorded.classes(self.home / f"{name}-flat" / "program")

    def _preview(self, arguments: list[str], where: Path, environment: Mapping[str, str]) -> Callable[[], Usage]:
        return lambda: usage.run(["pulumi", *arguments], where, {**os.environ, **environment, **CHANGES_NOTHING})


def settings() -> dict[str, Any]:
    """Settings of the stack as a rehearsal runs them."""
    where = settings_file.name_of(STACK)
    return rehearsed(settings_file.read(REPOSITORY / where, where))


@contextmanager
def place() -> Iterator[Place]:
    """A rehearsal's place of its own, with what `make bootstrap` makes; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-bench-") as folder:
        home = Path(folder)
        surroundings = {**os.environ, **BYTECODE, "A_TU_MANO_REHEARSAL_STATE": str(home)}
        account = settings()[f"{_NAMESPACE}gcp"]["project"]["billingAccount"]
        cloud = {**surroundings, CLOUD_VARIABLE: str(home / "gcp")}
        _run([sys.executable, "-m", "local.gcp", "billing-account", account], REPOSITORY, cloud)
        # Only its address is read, and the authority that would have to be trusted.
        cluster = {"server": "https://127.0.0.1:6443", "certificate-authority-data": base64.b64encode(b"\n").decode()}
        config = {
            "current-context": "local",
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
            "clusters": [{"name": "local", "cluster": cluster}],
        }
        kubeconfig = home / "cluster" / "kubeconfig"
        kubeconfig.parent.mkdir()
        kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")
        _run([sys.executable, "-m", "local.rehearsal.act", "bootstrap", STACK], REPOSITORY, surroundings)
        printed = _run([sys.executable, "-m", "local.rehearsal.act", "env", STACK], REPOSITORY, surroundings)
        environment = dict(re.findall(r"^export (\w+)='(.*)'$", printed, re.MULTILINE))
        yield Place(home, environment)


def measure() -> list[Row]:
    """Preview both in turns, and import the SDKs alone."""
    with place() as where:
        config = settings()
        ours = where.ours(STACK, config)
        flat, number = where.flat(STACK)
        used = _processor("; ".join(["import pulumi_gcp, pulumi_kubernetes", *where.classes(STACK)]))
        bare = _processor("import pulumi_gcp, pulumi_kubernetes")
        seen: list[Usage] = []

        def preview() -> float:
            seen.append(ours())
            return seen[-1].seconds

        for warm in (preview, flat, used, bare):
            warm()
        seen.clear()
        mine, theirs, modules, nothing = interleaved(ROUNDS, preview, lambda: flat().seconds, used, bare)
    program = Sample([each.kinds["program"].cpu for each in seen])
    return [
        _preview_row(mine, theirs, number, seen),
        _processor_row(program, modules, nothing),
    ]


def _preview_row(mine: Sample, theirs: Sample, number: int, seen: list[Usage]) -> Row:
    ratio = ratios(mine, theirs)
    memory = "; ".join(
        f"{kind} {Sample([each.kinds[kind].memory for each in seen]).median:.0f} MiB" for kind in sorted(seen[0].kinds)
    )
    how = (
        f"{ROUNDS} interleaved rounds from an empty state; {number} resources, the flat program made from "
        f"ours' own steps, reads no secret; resident memory of ours: {memory}"
    )
    measured = f"{ratio}x; {mine} s against {theirs} s"
    return judged(f"`pulumi preview --stack {STACK}` against a flat program", ratio.median, measured, PREVIEW, how)


def _processor_row(program: Sample, modules: Sample, nothing: Sample) -> Row:
    ratio = ratios(program, modules)
    measured = f"{ratio}x; {program} s against {modules} s; the SDKs without any of their modules {nothing} s"
    how = (
        "user and system time of the program's process in those previews, its start and end included; the SDKs load "
        "their modules when they are first used, so those that the stack has resources of are imported"
    )
    return judged("the program's own CPU against importing the two SDKs", ratio.median, measured, PROCESSOR, how)


def _processor(program: str) -> Callable[[], float]:
    """Processor time of a Python that runs `program`."""
    told = f"{program}; import os; print(sum(os.times()[:2]))"

    def measure() -> float:
        return float(_run([sys.executable, "-c", told], REPOSITORY, {**os.environ, **BYTECODE}))

    return measure


def _backend(folder: Path) -> str:
    backend = folder / "backend"
    backend.mkdir(parents=True)
    return backend.as_uri()


def _run(command: list[str], where: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=where, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"`{' '.join(command[:4])}` failed: {(done.stderr.strip() or done.stdout.strip())[-3000:]}"
        raise RuntimeError(msg)
    return done.stdout
